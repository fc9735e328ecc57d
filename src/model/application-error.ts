// An answer that came whole and says that it did not work: GraphQL's errors beside a 200, a batch with failed items.

const brand = Symbol.for('foulweather.application-error');

/** The name by which such failures are recognised among the failures of a trial. */
export const applicationErrorName = 'ApplicationError';

/** Thrown by `perform`, or made from the `applicationError` that it returns: the operation counts as failed. */
export class ApplicationError extends Error {
  /** The same for all of them. */
  override readonly name = applicationErrorName;
  /** Groups such errors in the report; undefined where none was given. */
  readonly code: string | undefined;

  constructor(message: string, options: {readonly code?: string; readonly cause?: unknown} = {}) {
    super(message, {cause: options.cause});
    this.code = options.code;
    // Two copies of the package may be loaded: the mark is the same for both.
    Object.defineProperty(this, brand, {value: true});
  }
}

/** For any thrown value: false for a proxy whose traps throw. */
export const isApplicationError = (error: unknown): boolean => {
  try {
    return typeof error === 'object' && error !== null && Reflect.get(error, brand) === true;
  } catch {
    return false;
  }
};
