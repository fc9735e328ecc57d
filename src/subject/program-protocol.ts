// The messages between the harness and a program in any language: JSON objects, one a line (docs/languages.md).

/** Of this protocol. Unknown kinds and fields are ignored by both sides, so that it can grow without a new number. */
export const protocolVersion = 1;

export type ToProgram =
  /** Open the library; `deadlineMs` is what a caller waits for an operation. */
  | {
      readonly kind: 'open';
      readonly url: string;
      readonly options: unknown;
      readonly variant: string;
      readonly deadlineMs: number;
      /** The most operations that will be under way at once. */
      readonly maxInFlight: number;
    }
  /** Do one operation; `deadlineMs` is the time that is left. */
  | {
      readonly kind: 'perform';
      readonly id: string;
      readonly index: number;
      readonly traceparent: string;
      readonly deadlineMs: number;
    }
  | {readonly kind: 'phase'; readonly name: string; readonly role: string}
  /** Close the library, answer, and end. */
  | {readonly kind: 'close'};

export type ProgramError = {
  readonly name: string;
  readonly code: string | null;
  readonly message: string;
  /** `no`: it certainly did not happen · `unsent`: refused locally · `unknown`: it may have happened. */
  readonly applied: 'no' | 'unsent' | 'unknown';
  readonly cause: ProgramError | null;
  /** Innermost call first. */
  readonly stack: readonly string[];
};

export type Hello = {
  readonly kind: 'hello';
  readonly token: string;
  readonly protocol: number;
  readonly language: string;
  /** "CPython 3.11.7" */
  readonly runtime: string;
  /** The kit and its version; empty for a program without one. */
  readonly kit: string;
  /** Versions of the libraries under test, by name. */
  readonly libraries: Readonly<Record<string, string>>;
};

export type ProgramAnswer = {
  readonly echoedId?: unknown;
  readonly intact?: boolean;
  readonly empty?: boolean;
  readonly key?: string;
  readonly applicationError?: {readonly message: string; readonly code?: string};
};

export type FromProgram =
  | Hello
  | {readonly kind: 'opened' | 'closed'}
  | {readonly kind: 'open-failed' | 'close-failed'; readonly error: ProgramError}
  /** Without an error it succeeded. */
  | {
      readonly kind: 'settled';
      readonly id: string;
      readonly error: ProgramError | null;
      readonly answer: ProgramAnswer;
    }
  | {readonly kind: 'delivered'; readonly ids: readonly string[]}
  | {readonly kind: 'log'; readonly message: string}
  /** Of a kind that this version does not know. */
  | {readonly kind: 'ignored'};

/** The program broke the protocol; `line` is what it sent, shortened, or null where nothing came. */
export class ProtocolBroken extends Error {
  override readonly name = 'ProtocolBroken';
  readonly line: string | null;

  constructor(problem: string, line: string | null = null) {
    super(problem);
    this.line = line === null || line.length <= lineShown ? line : `${line.slice(0, lineShown)}…`;
  }
}

const lineShown = 300;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const causesRead = 5;

const errorOf = (value: unknown, depth = 0): ProgramError | null => {
  if (!isObject(value) || depth > causesRead) return null;
  const {name, code, message, applied, cause, stack} = value;
  return {
    name: textOf(name) || 'Error',
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
    message: textOf(message),
    applied: applied === 'no' || applied === 'unsent' ? applied : 'unknown',
    cause: errorOf(cause, depth + 1),
    stack: Array.isArray(stack) ? stack.filter(frame => typeof frame === 'string') : [],
  };
};

const answerOf = ({echoedId, intact, empty, key, applicationError}: Fields): ProgramAnswer => ({
  ...(echoedId !== undefined && echoedId !== null && {echoedId}),
  ...(typeof intact === 'boolean' && {intact}),
  ...(typeof empty === 'boolean' && {empty}),
  ...(typeof key === 'string' && {key}),
  ...(isObject(applicationError) && {
    applicationError: {
      message: textOf(applicationError['message']),
      ...(typeof applicationError['code'] === 'string' && {code: applicationError['code']}),
    },
  }),
});

const noAnswer: ProgramAnswer = {};

/** @throws ProtocolBroken for a line that says nothing, or not what its kind needs */
export const readLine = (line: string): FromProgram => {
  const broken = (problem: string): never => {
    throw new ProtocolBroken(problem, line);
  };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return broken('it sent a line that is not JSON');
  }
  if (!isObject(value) || typeof value['kind'] !== 'string') {
    return broken('it sent a line that is not an object with a `kind`');
  }
  const needed = (field: string): string => {
    const text = value[field];
    return typeof text === 'string' ? text : broken(`its \`${value['kind']}\` needs a string \`${field}\``);
  };
  const failure = (): ProgramError =>
    errorOf(value['error']) ?? broken(`its \`${value['kind']}\` needs an object \`error\``);
  switch (value['kind']) {
    case 'hello': {
      const {protocol, libraries} = value;
      if (typeof protocol !== 'number') return broken('its `hello` needs a number `protocol`');
      return {
        kind: 'hello',
        token: needed('token'),
        protocol,
        language: needed('language'),
        runtime: needed('runtime'),
        kit: textOf(value['kit']),
        libraries: isObject(libraries)
          ? Object.fromEntries(Object.entries(libraries).map(([name, version]) => [name, String(version)]))
          : {},
      };
    }
    case 'opened':
    case 'closed':
      return {kind: value['kind']};
    case 'open-failed':
    case 'close-failed':
      return {kind: value['kind'], error: failure()};
    case 'settled': {
      const id = needed('id');
      if (value['ok'] === true) return {kind: 'settled', id, error: null, answer: answerOf(value)};
      if (value['ok'] === false) return {kind: 'settled', id, error: failure(), answer: noAnswer};
      return broken('its `settled` needs `ok`, true or false');
    }
    case 'delivered': {
      const {ids} = value;
      if (ids === undefined) return {kind: 'delivered', ids: [needed('id')]};
      if (Array.isArray(ids) && ids.every(id => typeof id === 'string')) return {kind: 'delivered', ids};
      return broken('its `delivered` needs a string `id`, or a list `ids` of strings');
    }
    case 'log':
      return {kind: 'log', message: textOf(value['message'])};
    default:
      return {kind: 'ignored'};
  }
};
