// Messages that operations wait for: each one resolves the operation that sent it.
import type {Answer} from '../../model/scenario-functions.ts';

export type Arrival = {readonly id: string; readonly text: string};

/**
 * The text of a message that says which operation it is of, and whether it is whole. It is short, so that a narrow
 * network has room for all.
 */
export const messageOf = (id: string): string => JSON.stringify({id, order: 'x'.repeat(40)});

/** @returns null where it is not a message of this scenario */
export const arrivalOf = (text: string): Arrival | null => {
  try {
    const {id} = JSON.parse(text) as {readonly id?: unknown};
    return typeof id === 'string' ? {id, text} : null;
  } catch {
    return null;
  }
};

/** What the answers to an operation's messages say, in the order of their names. */
export const answerOf = (
  id: string,
  texts: readonly string[],
  names: readonly string[] = [id],
): Pick<Answer, 'echoedId' | 'intact'> => {
  const ids = texts.map(text => arrivalOf(text)?.id);
  const strange = ids.find((own, at) => own !== undefined && own !== names[at]);
  return {
    echoedId: strange ?? (ids.includes(undefined) ? undefined : id),
    intact: texts.every((text, at) => text === messageOf(names[at]!)),
  };
};

/**
 * The application gives up on an answer that will not come any more: an abort of its own, which the library's
 * telemetry does not show.
 */
export class NoArrival extends Error {
  override readonly name = 'AbortError';
}

type Waiting = {readonly resolve: (arrival: Arrival) => void; readonly reject: (error: Error) => void};

/** A message that no operation waits for (any more), such as one that is delivered twice, changes nothing. */
export class Arrivals {
  readonly #waiting = new Map<string, Waiting>();

  /** @throws what `fail` is given, if that comes first */
  next(id: string): Promise<Arrival> {
    return new Promise((resolve, reject) => this.#waiting.set(id, {resolve, reject}));
  }

  came(arrival: Arrival): void {
    this.#waiting.get(arrival.id)?.resolve(arrival);
    this.#waiting.delete(arrival.id);
  }

  /** What it waited for will not come. */
  forget(id: string): void {
    this.#waiting.delete(id);
  }

  /** What all wait for will not come. */
  fail(error: Error): void {
    for (const {reject} of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
