// What a user writes: the scenario with its functions, typed from the client that `open` returns.
import type {NonEmpty} from '../model/non-empty.ts';
import type {Answer, OpenContext, PerformContext} from '../model/scenario-functions.ts';
import type {
  phaseSchema,
  programSchema,
  scenarioSchema,
  sweepSchema,
  targetSchema,
  variantSchema,
} from '../model/schema/scenario.ts';
import type {Input} from '../model/schema/shape.ts';

/** One configuration of the library. */
export type VariantInput<Options> = Omit<Input<typeof variantSchema>, 'options'> & {
  /** What `open` receives. The report shows plain data, and functions and class instances by name. */
  readonly options: Options;
};

/** A span of time with fixed faults. */
export type PhaseInput = Input<typeof phaseSchema>;

/** The server that the library talks to. */
export type TargetInput = Input<typeof targetSchema>;

/** One option of the variants, and the values to try. */
export type SweepInput = Input<typeof sweepSchema>;

/** What runs in the subject's process. */
export type SubjectInput<Client, Options> = {
  /** Opens the library, and returns what `perform` receives. An error that it throws ends the trial. */
  readonly open: (context: OpenContext<Options>) => Client | Promise<Client>;
  /**
   * One operation: it returns on success and throws on failure. Before the load, one is tried on a calm network and not
   * counted: if it throws three times, the run stops with the error. An operation that legitimately fails at first returns
   * `applicationError`.
   */
  readonly perform: (
    client: Client,
    context: PerformContext,
  ) => Answer | undefined | Promise<Answer | undefined>;
  /** Ends the client as an application would on SIGTERM; may return a promise. Default: nothing is called. */
  readonly close?: (client: Client) => unknown;
  /**
   * Says what an error means: `failed` (it certainly did not happen), `rejected` (refused locally, never
   * sent), or `unknown` (it may have happened). Default: an error is `unknown`, unless it says that no connection could be
   * made and none existed at any time during the operation: then it is `failed`.
   */
  readonly classify?: (error: unknown) => 'failed' | 'unknown' | 'rejected';
};

/** What `program` takes. */
export type ProgramInput = Input<typeof programSchema>;

/** A library whose program is in another language. */
export type ProgramSubject = {
  /** How the program is started. */
  readonly program: ProgramInput;
};

/** The subject of a scenario whose library is in another language: a program that follows the protocol of docs/languages.md. */
export const program = (input: ProgramInput): ProgramSubject => ({program: input});

export const isProgram = (subject: unknown): subject is ProgramSubject =>
  typeof subject === 'object' && subject !== null && 'program' in subject;

/** The argument of `defineScenario`. Times are in milliseconds, sizes in bytes. */
export type ScenarioInput<Client, Options> = Omit<
  Input<typeof scenarioSchema>,
  'variants' | 'phases' | 'subject'
> & {
  /** Up to 20 configurations of the library. The first is the baseline; the last is the candidate, whose verdict is that of the run. */
  readonly variants: NonEmpty<VariantInput<Options>>;
  /** Up to 100 spans of time, in order. */
  readonly phases: NonEmpty<PhaseInput>;
  /** The library under test, and how it is called; or `program({…})`, which holds it. */
  readonly subject: SubjectInput<Client, Options> | ProgramSubject;
};

const brand = Symbol.for('foulweather.scenario');

/** What a scenario file exports as its default. */
export type Scenario<Client = unknown, Options = unknown> = ScenarioInput<Client, Options>;

/**
 * Declares a scenario. Nothing is checked yet: a mistake is reported when the scenario is described, as
 * FW_SCENARIO_INVALID with the place of each.
 */
export const defineScenario = <Client, Options>(
  scenario: ScenarioInput<Client, Options>,
): Scenario<Client, Options> => Object.defineProperty({...scenario}, brand, {value: true});

export const isScenario = (value: unknown): value is Scenario =>
  typeof value === 'object' && value !== null && brand in value;
