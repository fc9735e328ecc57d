// What is wrong with a scenario, in words: each mistake with its place, named as its author names it.
import {z} from 'zod';
import {FoulweatherError} from '../model/errors.ts';
import {didYouMean, nearest} from '../model/suggestions.ts';

/** Where in the scenario: keys and indexes from its root. */
export type Path = readonly PropertyKey[];

export type Mistake = {
  readonly path: Path;
  /** The property of it that should not be there. */
  readonly key?: string;
  /** What follows the place in a sentence: `must be a function`, `: duplicate name "a"`. */
  readonly says: string;
};

/** `path` leads to what is to be changed. */
export type PlacedMistake = {readonly path: Path; readonly text: string};

/** A scenario that cannot become a plan. */
export class InvalidScenario extends FoulweatherError {
  readonly mistakes: readonly PlacedMistake[];

  constructor(mistakes: readonly Mistake[], scenario: unknown) {
    const placed = mistakes.map(
      ({path, key, says}): PlacedMistake => ({
        path: key === undefined ? path : [...path, key],
        text: `${placeName(path, scenario)}${says.startsWith(':') ? '' : ' '}${says}`,
      }),
    );
    super(
      'FW_SCENARIO_INVALID',
      `The scenario is not valid (${problems(placed.length)}):\n${placed.map(({text}) => `  ${text}`).join('\n')}`,
      'Fix the file, or run `foulweather init` for a working example.',
    );
    this.mistakes = placed;
  }
}

export const problems = (count: number): string => (count === 1 ? '1 problem' : `${count} problems`);

const read = (value: unknown, key: PropertyKey | undefined): unknown =>
  typeof value === 'object' && value !== null && key !== undefined ? Reflect.get(value, key) : undefined;

/** `phase "stall": durationMs`, `phase "stall": latency.latencyMs`, `variant "bounded": process.env`, `goals.run.hungCount`. */
const placeName = (path: Path, scenario: unknown): string => {
  const [list, index, ...rest] = path;
  if (path.length === 0) return 'the scenario';
  if ((list !== 'phases' && list !== 'variants') || index === undefined) return dotted(path);
  const item = read(read(scenario, list), index);
  const name = read(item, 'name');
  if (typeof name !== 'string' || name === '' || rest[0] === 'name') return dotted(path);
  const whose = `${list === 'phases' ? 'phase' : 'variant'} "${name}"`;
  const [faults, faultIndex, ...option] = rest;
  const kind = faults === 'faults' ? read(read(read(item, faults), faultIndex), 'kind') : undefined;
  // In the file a fault is a call: stall({…}).
  const isFault = typeof kind === 'string' && option[0] !== 'kind';
  return rest.length === 0 ? whose : `${whose}: ${dotted(isFault ? [kind, ...option] : rest)}`;
};

const dotted = (path: Path): string =>
  path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');

/** What zod found. Its message of several keys that should not be there has a line for each. */
export const mistakesOf = ({issues}: z.ZodError): Mistake[] =>
  issues.flatMap((issue): Mistake[] => {
    const {path, code, message} = issue;
    if (code === 'invalid_key') return [{path, says: issue.issues[0]?.message ?? message}];
    if (code !== 'unrecognized_keys') return [{path, says: message}];
    const lines = message.split('\n');
    return issue.keys.map((key, at) => ({path, key, says: lines[at] ?? message}));
  });

/** zod's error map: each mistake as what is said of its place. */
export const sayMistake: z.core.$ZodErrorMap = issue => {
  const {input} = issue;
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined
        ? `is missing; it must be ${typeName(issue.expected)}`
        : `must be ${typeName(issue.expected)}, not ${shown(input)}`;
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `must have at most ${issue.maximum} ${issue.origin === 'array' ? 'items' : 'characters'}`
        : `must be at most ${issue.maximum}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return oneOf(input, issue.values.map(String));
    case 'unrecognized_keys':
      return unknownKeys(issue);
    case 'invalid_union':
      return issue.discriminator === undefined
        ? undefined
        : oneOf(read(input, issue.discriminator), namesOf(issue['options']));
    default:
      return undefined;
  }
};

const namesOf = (options: unknown): string[] => (Array.isArray(options) ? options.map(String) : []);

const typeNames: {readonly [type: string]: string} = {
  array: 'an array',
  int: 'a whole number',
  object: 'an object',
  record: 'an object',
};

const typeName = (type: string): string => typeNames[type] ?? `a ${type}`;

/** A value as a reader of the file knows it. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

const tooSmall = ({
  origin,
  minimum,
  inclusive,
}: Pick<z.core.$ZodIssueTooSmall, 'origin' | 'minimum' | 'inclusive'>): string => {
  if (origin !== 'array' && origin !== 'string')
    return `must be ${inclusive ? 'at least' : 'more than'} ${minimum}`;
  if (minimum === 1) return 'must not be empty';
  return `must have at least ${minimum} ${origin === 'array' ? 'items' : 'characters'}`;
};

const oneOf = (input: unknown, known: readonly string[]): string => {
  if (input === undefined) return `is missing; it must be ${alternatives(known)}`;
  const meant = typeof input === 'string' ? nearest(input, known) : null;
  return meant === null
    ? `must be ${alternatives(known)}, not ${shown(input)}`
    : `"${String(input)}" is unknown; did you mean "${meant}"?`;
};

/** A name that leads nowhere: a goal's phase or figure, a symptom, a threshold. */
export const unknownName = (path: Path, what: string, known: readonly string[]): Mistake => ({
  path,
  says: `: there is no such ${what}${known.length === 0 ? '; this one has none' : `. ${didYouMean(String(path.at(-1)), known)}`}`,
});

const alternatives = (known: readonly string[]): string =>
  known.length === 1 ? known[0]! : `${known.slice(0, -1).join(', ')} or ${known.at(-1)}`;

/** Toxiproxy's own names for what is called otherwise here, where no spelling leads from the one to the other. */
const toxiproxyNames: {readonly [name: string]: readonly string[]} = {
  toxicity: ['probability'],
  stream: ['direction'],
  rate: ['bytesPerSecond'],
  delay: ['delayMs', 'delayUs'],
  bytes: ['limitBytes', 'afterBytes'],
};

const unknownKeys = ({
  keys,
  inst,
}: Pick<z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>, 'keys' | 'inst'>): string => {
  const shape = inst instanceof z.ZodObject ? inst.shape : {};
  const isFault = 'kind' in shape && 'startAfterMs' in shape;
  const known = Object.keys(shape).filter(name => !isFault || name !== 'kind');
  return keys
    .map(key => {
      const renamed = isFault ? toxiproxyNames[key]?.find(name => known.includes(name)) : undefined;
      const meant = renamed ?? nearest(key, known);
      const hint =
        isFault && key === 'at'
          ? 'faults that act on the bytes of a connection have it, such as closeAfter or stall'
          : meant === null
            ? `it takes ${known.join(', ')}`
            : `did you mean "${meant}"?`;
      return `has no ${isFault ? 'option' : 'property'} "${key}"; ${hint}`;
    })
    .join('\n');
};
