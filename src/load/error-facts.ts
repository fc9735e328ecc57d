// What is kept of a thrown value: plain data, whatever was thrown, even an object that throws when it is read.
import type {ErrorFacts} from '../model/outcome.ts';

const stackLinesKept = 8;
const causesKept = 5;
const messageLengthKept = 500;
const nameLengthKept = 100;
const stackLineLengthKept = 300;

/** Names that say no more than that it is an error. */
const builtInErrorNames: readonly string[] = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
];

/** Reads a property of an unknown value; a getter that throws reads as absent. */
const read = (value: unknown, key: string): unknown => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
};

const text = (value: unknown, length: number): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, length) : null;

/** V8 makes a substring by pointing into the whole text: a copy releases a message of many megabytes. */
const copied = (cut: string): string => Buffer.from(cut).toString();

/** Any value as a text, including one that throws when it is converted. */
export const asText = (value: unknown): string => {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be turned into text';
  }
};

/**
 * The `name` of an error, or what it is an instance of where it has only the name of a class that comes with the language:
 * `class ShopDown extends Error {}` leaves the name as it is, and a caller can tell its errors by `instanceof`.
 */
export const errorName = (error: unknown): string => {
  const name = text(read(error, 'name'), nameLengthKept);
  if (name !== null && !builtInErrorNames.includes(name)) return name;
  const className = text(read(read(error, 'constructor'), 'name'), nameLengthKept);
  if (name !== null) return className ?? name;
  return className === null || className in globalThis ? typeof error : className;
};

const isStatus = (value: unknown): boolean => typeof value === 'number' && value >= 100;

/** The `code` of an error, or else the numeric status of an answer that became an error. */
export const errorCode = (error: unknown): string | null => {
  const code = read(error, 'code');
  if (typeof code === 'number') return String(code);
  const status = [read(error, 'status'), read(error, 'statusCode')].find(isStatus);
  return text(code, nameLengthKept) ?? (status === undefined ? null : String(status));
};

/** Empty for an object without a message: its properties may hold anything. */
export const errorMessage = (error: unknown): string => {
  const message = text(read(error, 'message'), messageLengthKept);
  if (message !== null) return message;
  return typeof error === 'object' && error !== null ? '' : asText(error).slice(0, messageLengthKept);
};

const oneLine = (error: unknown): string =>
  [errorName(error), errorCode(error), errorMessage(error)]
    .filter(part => part !== null && part !== '')
    .join(': ');

const causesOf = (error: unknown): string[] => {
  const seen = new Set<unknown>([error]);
  const causes: string[] = [];
  let cause = read(error, 'cause');
  while (cause !== undefined && cause !== null && !seen.has(cause) && causes.length < causesKept) {
    seen.add(cause);
    causes.push(copied(oneLine(cause)));
    cause = read(cause, 'cause');
  }
  return causes;
};

/** The frames of a stack. It begins with the message, of which a line may look like a frame: that is skipped. */
const framesOf = (error: unknown): string[] => {
  const stack = read(error, 'stack');
  if (typeof stack !== 'string') return [];
  const message = read(error, 'message');
  const messageAt = typeof message === 'string' ? stack.indexOf(message) : -1;
  const framesFrom = messageAt < 0 ? 0 : messageAt + (message as string).length;
  return stack
    .slice(framesFrom)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .slice(0, stackLinesKept)
    .map(line => copied(line.slice(0, stackLineLengthKept)));
};

export const errorFacts = (error: unknown): ErrorFacts => {
  const code = errorCode(error);
  return {
    name: copied(errorName(error)),
    code: code === null ? null : copied(code),
    message: copied(errorMessage(error)),
    stack: framesOf(error),
    causes: causesOf(error),
  };
};
