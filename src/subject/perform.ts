// One operation of the scenario as the driver wants it: never rejects, always returns how it settled.
import {context} from '@opentelemetry/api';
import {asText} from '../load/error-facts.ts';
import type {Settlement} from '../load/settlement.ts';
import {ApplicationError, isApplicationError} from '../model/application-error.ts';
import type {Answer, PerformContext} from '../model/scenario-functions.ts';
import {traceIdOfOperation} from '../model/telemetry.ts';
import type {SubjectInput} from '../scenarios/define-scenario.ts';
import {isOpenFailed} from './coming-clients.ts';
import {OperationParent, parentSpanId} from './operation-parent.ts';

export type PerformOptions = {
  readonly subject: SubjectInput<unknown, unknown>;
  readonly client: unknown;
  readonly idOf: (index: number) => string;
  readonly tracePrefix: string;
  readonly now: () => number;
  readonly deadlineMs: number;
  /** Whether it is certain that nothing was sent to the target since then. */
  readonly sentNothingSince: (sinceMs: number) => boolean;
};

export const operationId = (trialId: string, index: number): string => `${trialId}-${index}`;

type ContextOptions = Pick<PerformOptions, 'idOf' | 'now' | 'tracePrefix'>;

/**
 * Makes the id and the signal only when the scenario asks for them: most operations pay nothing. V8 caches the text
 * of each number, up to some hundred kilobytes, which outlive a collection and make it reserve more memory for young
 * objects.
 */
export class OperationContext implements PerformContext {
  readonly #index: number;
  readonly #deadlineAtMs: number;
  readonly #options: ContextOptions;
  #id: string | undefined;
  #signal: AbortSignal | undefined;

  constructor(index: number, deadlineAtMs: number, options: ContextOptions) {
    this.#index = index;
    this.#deadlineAtMs = deadlineAtMs;
    this.#options = options;
  }

  get index(): number {
    return this.#index;
  }

  /** Until its deadline. */
  get remainingMs(): number {
    return this.#deadlineAtMs - this.#options.now();
  }

  /** As W3C's header has it: the operation's own trace, sampled. */
  get traceparent(): string {
    return `00-${traceIdOfOperation(this.#options.tracePrefix, this.#index)}-${parentSpanId}-01`;
  }

  get id(): string {
    this.#id ??= this.#options.idOf(this.#index);
    return this.#id;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(this.#deadlineAtMs - this.#options.now())));
    return this.#signal;
  }
}

const ok = {status: 'ok'} as const;
const okEchoed = {status: 'ok', echoed: true} as const;

export const performer = (
  options: PerformOptions,
): ((index: number, deadlineAtMs: number) => Promise<Settlement>) => {
  const {subject, client, tracePrefix, deadlineMs, sentNothingSince} = options;
  const judge = (operation: OperationContext, answer: Answer | undefined): Settlement => {
    if (!answer) return ok;
    const {echoedId, intact, empty, key, applicationError} = answer;
    if (applicationError) {
      const {message, ...options} = applicationError;
      return {status: 'failed', error: new ApplicationError(message, options)};
    }
    if (echoedId === undefined || echoedId === operation.id) {
      const plain = echoedId === undefined ? ok : okEchoed;
      if (intact === undefined && empty === undefined && key === undefined) return plain;
      return {
        ...plain,
        ...(intact === undefined ? {} : {intact}),
        ...(empty === undefined ? {} : {empty}),
        ...(key === undefined ? {} : {key: String(key)}),
      };
    }
    return {status: 'wrong', error: new Error(`asked as ${operation.id}, answered as ${asText(echoedId)}`)};
  };
  const meaningOf = (error: unknown, startMs: number): (typeof meanings)[number] => {
    if (isApplicationError(error) || isOpenFailed(error)) return 'failed';
    if (subject.classify) return classify(subject, error);
    return couldNotConnect(error) && sentNothingSince(startMs) ? 'failed' : 'unknown';
  };
  const run = async (operation: OperationContext, startMs: number): Promise<Settlement> => {
    try {
      return judge(operation, await subject.perform(client, operation));
    } catch (error) {
      return {status: meaningOf(error, startMs), error};
    }
  };
  return (index, deadlineAtMs) => {
    const operation = new OperationContext(index, deadlineAtMs, options);
    const parent = new OperationParent(tracePrefix, index);
    return context.with(parent, run, undefined, operation, deadlineAtMs - deadlineMs);
  };
};

const meanings = ['failed', 'unknown', 'rejected'] as const;

/** A classifier that throws, or returns another word, has said nothing. */
const classify = (subject: SubjectInput<unknown, unknown>, error: unknown): (typeof meanings)[number] => {
  try {
    const meaning = subject.classify?.(error);
    return meanings.find(known => known === meaning) ?? 'unknown';
  } catch {
    return 'unknown';
  }
};

/** Of Node and undici: there was no connection. */
const connectCodes: readonly unknown[] = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
];
const causesRead = 5;

/** What the error says of the last try: an earlier one may have been sent. One that cannot be read says nothing. */
const couldNotConnect = (error: unknown, depth = 0): boolean => {
  if (typeof error !== 'object' || error === null || depth > causesRead) return false;
  try {
    const {code, syscall, cause, errors} = error as {
      readonly code?: unknown;
      readonly syscall?: unknown;
      readonly cause?: unknown;
      readonly errors?: unknown;
    };
    if (connectCodes.includes(code) || syscall === 'connect') return true;
    if (Array.isArray(errors) && errors.length > 0) {
      return errors.every(one => couldNotConnect(one, depth + 1));
    }
    return couldNotConnect(cause, depth + 1);
  } catch {
    return false;
  }
};
