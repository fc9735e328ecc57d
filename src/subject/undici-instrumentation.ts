// OpenTelemetry's instrumentation of undici, and so of fetch. It reads the error of a request, which may be any value
// that was given as the reason of an abort: null, or an object that throws when it is read. An error in the
// instrumentation would end the process.
import type {Instrumentation} from '@opentelemetry/instrumentation';
import {errorMessage} from '../load/error-facts.ts';
import {UndiciInstrumentation} from './sdk-packages.ts';

type RequestError = {readonly request: unknown; readonly error: unknown};

/** Its types keep `onError` private. */
const Original = UndiciInstrumentation as unknown as new () => Instrumentation & {
  onError(message: RequestError): void;
};

const isPlain = (part: unknown): boolean =>
  part === undefined || typeof part === 'string' || typeof part === 'number';

/** Whether all that is read can be read, fits into an attribute, and is meaningful: otherwise a text is made of it. */
const isReadable = (error: unknown): boolean => {
  if (typeof error === 'string') return true;
  try {
    const {name, code, message, stack} = error as {readonly [key: string]: unknown};
    // A proxy may throw at this alone.
    if (error instanceof DOMException) return true;
    return [name, code, message, stack].every(isPlain) && Boolean(name || code || message);
  } catch {
    return false;
  }
};

const readable = (error: unknown): unknown => (isReadable(error) ? error : new Error(errorMessage(error)));

export class CarefulUndiciInstrumentation extends Original {
  override onError({request, error}: RequestError): void {
    super.onError({request, error: readable(error)});
  }
}
