// What can be kept of a thrown value: plain data, whatever was thrown, even one that throws when looked at.
import type {ErrorFacts} from '../model/outcome.ts';

const stackLinesKept = 8;
const causesKept = 5;
const messageLengthKept = 500;

/** Reads a property of an unknown value; a getter that throws reads as absent. */
const read = (value: unknown, key: string): unknown => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const describe = (value: unknown): string => {
  try {
    return String(value);
  } catch {
    return 'a value that cannot be turned into text';
  }
};

export const errorName = (error: unknown): string => text(read(error, 'name')) ?? typeof error;

export const errorCode = (error: unknown): string | null => {
  const code = read(error, 'code');
  return typeof code === 'number' ? String(code) : text(code);
};

export const errorMessage = (error: unknown): string =>
  (
    text(read(error, 'message')) ??
    (errorName(error) === 'object' || typeof error === 'object' ? '' : describe(error))
  ).slice(0, messageLengthKept);

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
    causes.push(oneLine(cause));
    cause = read(cause, 'cause');
  }
  return causes;
};

export const errorFacts = (error: unknown): ErrorFacts => ({
  name: errorName(error),
  code: errorCode(error),
  message: errorMessage(error),
  stack: (text(read(error, 'stack')) ?? '')
    .split('\n')
    .filter(line => line.trimStart().startsWith('at '))
    .slice(0, stackLinesKept)
    .map(line => line.trim()),
  causes: causesOf(error),
});
