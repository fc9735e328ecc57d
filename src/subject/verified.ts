// What verify() returned, counted by operation: how often each is there, which came before an earlier one, and which
// must have come to the consumer.
import {MessageCounts} from '../model/message-counts.ts';
import {type MessageId, readMessageId} from '../model/message-id.ts';
import type {Applied} from '../model/scenario-functions.ts';

const firstKept = 20;

export type Counted = {
  /** A byte per operation index, base64; 255 stands for 255 or more. */
  readonly applied: string;
  /** The same, 1 for what the consumer was to get and is not in its queue any more; absent where there is no consumer. */
  readonly owed?: string;
  /** The same, 1 for what is still there; absent together with `owed`. */
  readonly queued?: string;
  readonly reordered: {readonly count: number; readonly first: readonly number[]} | null;
};

/** Ids that are not of this trial are left out. */
export const countApplied = (trialId: string, {applied, isOrdered = false, consumer}: Applied): Counted => {
  const read = (ids: readonly string[]): MessageId[] => ids.flatMap(id => readMessageId(trialId, id) ?? []);
  const lists = applied.map(read);
  const counts = bytesFor(lists.flat());
  const batches = new MessageCounts();
  for (const message of lists.flat()) {
    counts[message.index] = batches.with(message, counts[message.index]!);
  }
  const late = isOrdered ? lists.flatMap(overtaken) : null;
  return {
    applied: base64(counts),
    ...(consumer && {
      owed: base64(owedOf(read(consumer.expects), read(consumer.queued))),
      queued: base64(queuedOf(read(consumer.expects), read(consumer.queued))),
    }),
    reordered: late && {count: late.length, first: late.slice(0, firstKept)},
  };
};

/** Of a batch with a message that is still in the queue nothing more can be said. */
const owedOf = (expected: readonly MessageId[], queued: readonly MessageId[]): Uint8Array => {
  const owed = bytesFor(expected);
  for (const {index} of expected) owed[index] = 1;
  for (const {index} of queued) if (index < owed.length) owed[index] = 0;
  return owed;
};

const queuedOf = (expected: readonly MessageId[], queued: readonly MessageId[]): Uint8Array => {
  const still = bytesFor(expected);
  const wanted = new Set(expected.map(({index}) => index));
  for (const {index} of queued) if (wanted.has(index)) still[index] = 1;
  return still;
};

const bytesFor = (messages: readonly MessageId[]): Uint8Array =>
  new Uint8Array(messages.reduce((most, {index}) => Math.max(most, index + 1), 0));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Those that come after a later one. A repetition of the same operation is a duplicate, and does not concern order. */
const overtaken = (list: readonly MessageId[]): number[] => {
  const seen = new Set<number>();
  const late: number[] = [];
  let latest = -1;
  for (const {index} of list) {
    if (index < latest && !seen.has(index)) late.push(index);
    latest = Math.max(latest, index);
    seen.add(index);
  }
  return late;
};
