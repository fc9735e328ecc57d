// What is fuzzed: for each part of the injector that reads bytes, inputs by the number. An input is made of its seed alone, so
// that one that fails can be tried again; what fails is made smaller before it is shown.

import {createRandom, type Random} from '../../../src/faults/server/random.ts';
import type {Said} from '../followed-connection.ts';

export type FuzzInput = {
  /** What the two sides say, chunk by chunk. */
  readonly said: readonly Said[];
  /** Whether it is what well-behaved sides say, so that it must be followed to its end. */
  readonly isValid: boolean;
  /** Of the dice by which faults hit; null: no fault is on, and all must come as it was said. */
  readonly faultSeed: number | null;
};

export type Outcome = {
  /** What went wrong; null: nothing. */
  readonly failure: string | null;
  /** Whether it was followed to its end. */
  readonly isFollowed: boolean;
  readonly hits: number;
};

export type FuzzPart = {
  readonly name: string;
  readonly make: (random: Random) => FuzzInput;
  readonly attempt: (input: FuzzInput) => Outcome;
  /** Whether faults hit some of its inputs. */
  readonly takesFaults: boolean;
  /** Whether inputs are damaged, so that some cannot be followed to the end; otherwise only the order of things varies. */
  readonly isDamaged: boolean;
};

export type FuzzFailure = {
  readonly part: string;
  readonly seed: number;
  readonly reason: string;
  /** As small as it could be made. */
  readonly input: FuzzInput;
};

/** What became of many inputs. */
export type FuzzTally = {
  readonly inputs: number;
  readonly followed: number;
  readonly hits: number;
  readonly failure: FuzzFailure | null;
};

export const nothingTried: FuzzTally = {inputs: 0, followed: 0, hits: 0, failure: null};

type FuzzOptions = {
  /** What became of the inputs before. */
  readonly before?: FuzzTally;
  /** Told how many have begun. */
  readonly begun?: (inputs: number) => void;
};

/** Tries the inputs of so many seeds, one after the other, up to the first that fails. */
export const fuzz = (
  part: FuzzPart,
  firstSeed: number,
  count: number,
  {before = nothingTried, begun}: FuzzOptions = {},
): FuzzTally => {
  let {inputs, followed, hits} = before;
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    inputs++;
    begun?.(inputs);
    const input = inputOf(part, seed);
    const outcome = attempt(part, input);
    hits += outcome.hits;
    if (outcome.isFollowed) followed++;
    if (outcome.failure === null) continue;
    const smallest = shrunk(input, part.isDamaged, smaller => attempt(part, smaller).failure !== null);
    const reason = attempt(part, smallest).failure ?? outcome.failure;
    return {inputs, followed, hits, failure: {part: part.name, seed, reason, input: smallest}};
  }
  return {inputs, followed, hits, failure: null};
};

export const inputOf = ({name, make}: FuzzPart, seed: number): FuzzInput => make(createRandom([name, seed]));

const attempt = (part: FuzzPart, input: FuzzInput): Outcome => {
  try {
    return part.attempt(input);
  } catch (error) {
    return {failure: `thrown: ${reasonOf(error)}`, isFollowed: false, hits: 0};
  }
};

export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);

const mostTries = 2000;

/** Leaves away and joins what it can, as long as it still fails. */
const shrunk = (input: FuzzInput, mayShorten: boolean, fails: (smaller: FuzzInput) => boolean): FuzzInput => {
  let best = input;
  let tries = 0;
  const isBetter = (smaller: Partial<FuzzInput>): boolean => {
    const candidate = {...best, ...smaller};
    if (tries++ >= mostTries || !fails(candidate)) return false;
    best = candidate;
    return true;
  };
  const without = (at: number, count: number): boolean =>
    isBetter({isValid: false, said: best.said.toSpliced(at, count)});
  const shorter = (index: number, at: number, bytes: number): boolean => {
    const [party, data] = best.said[index]!;
    const left = Buffer.concat([data.subarray(0, at), data.subarray(at + bytes)]);
    const said = left.length === 0 ? best.said.toSpliced(index, 1) : best.said.with(index, [party, left]);
    return isBetter({isValid: false, said});
  };
  const joined = (index: number): boolean => {
    const [[party, data], [next, more]] = [best.said[index]!, best.said[index + 1]!];
    if (party !== next) return false;
    return isBetter({said: best.said.toSpliced(index, 2, [party, Buffer.concat([data, more])])});
  };
  for (let before = -1; before !== sizeOf(best) && tries < mostTries; ) {
    before = sizeOf(best);
    for (let index = 0; index + 1 < best.said.length; ) if (!joined(index)) index++;
    for (let count = best.said.length; count >= 1; count = Math.floor(count / 2)) {
      for (let at = 0; at < best.said.length; ) if (!without(at, count)) at += count;
    }
    for (let index = 0; mayShorten && index < best.said.length; index++) {
      for (let bytes = bytesAt(best, index); bytes >= 1; bytes = Math.floor(bytes / 2)) {
        for (let at = 0; at < bytesAt(best, index); ) if (!shorter(index, at, bytes)) at += bytes;
      }
    }
  }
  return best;
};

const bytesAt = ({said}: FuzzInput, index: number): number => said[index]?.[1].length ?? 0;

const sizeOf = ({said}: FuzzInput): number => said.reduce((sum, [, data]) => sum + data.length + 1, 0);

const shownBytes = 400;

/** What fails, a chunk a line, in hexadecimal digits and as text. */
export const describeFailure = ({part, seed, reason, input}: FuzzFailure): readonly string[] => [
  `${part}, seed ${seed}: ${reason}`,
  ...(input.faultSeed === null ? [] : [`  faults by seed ${input.faultSeed}`]),
  ...input.said.map(([party, data]) => {
    const shown = data.subarray(0, shownBytes);
    const text = JSON.stringify(shown.toString('latin1').replace(/[^\x20-\x7e\r\n\t]/g, '.'));
    const rest = data.length > shown.length ? ` and ${data.length - shown.length} bytes more` : '';
    return `  ${party}  ${shown.toString('hex')}  ${text}${rest}`;
  }),
  `  Again: npm run fuzz -- --only ${part} --seed ${seed} --count 1`,
];
