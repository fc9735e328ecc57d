// Measures part by part, and puts the table of each that was measured as a whole into docs/performance.md.
import {renderBlock, type Setting, withBlock} from './page.ts';
import type {Measurement, Part} from './part.ts';

/** What was asked for on the command line. */
export type Choice = {
  readonly isQuick: boolean;
  /** Null for the part's own number. */
  readonly rounds: number | null;
  /** Texts of which a row's title must have one; empty for all rows. */
  readonly only: readonly string[];
};

export type Outcome = {readonly part: string} & (
  | {
      readonly kind: 'measured';
      readonly setting: Setting;
      readonly measurement: Measurement;
      readonly isWritten: boolean;
    }
  | {readonly kind: 'skipped' | 'failed'; readonly reason: string}
);

export type Place = {
  readonly page: {readonly read: () => string; readonly write: (page: string) => void};
  readonly setting: () => Omit<Setting, 'rounds'>;
  /** Progress, line by line. */
  readonly say: (line: string) => void;
};

/**
 * A part that cannot run here, or fails, leaves its table as it is, and the others are measured nevertheless. So does a
 * choice that measures less than the whole.
 *
 * @throws Error before anything is measured, where the page has no place for a table
 */
export const runParts = async (
  parts: ReadonlyMap<string, Part>,
  choice: Choice,
  place: Place,
): Promise<readonly Outcome[]> => {
  const isWhole = !choice.isQuick && choice.rounds === null && choice.only.length === 0;
  if (isWhole) for (const name of parts.keys()) withBlock(place.page.read(), name, '');
  const outcomes: Outcome[] = [];
  for (const [name, part] of parts) {
    place.say(part.title);
    const outcome = await runPart(name, part, choice, place, isWhole);
    if (outcome.kind !== 'measured') place.say(`${name} ${outcome.kind}: ${outcome.reason}`);
    outcomes.push(outcome);
  }
  return outcomes;
};

const runPart = async (
  name: string,
  part: Part,
  {isQuick, rounds, only}: Choice,
  {page, setting: settingNow, say}: Place,
  isWhole: boolean,
): Promise<Outcome> => {
  const effort = {
    rounds: rounds ?? (isQuick ? part.rounds.quick : part.rounds.full),
    isQuick,
    takes: (title: string): boolean => only.length === 0 || only.some(text => title.includes(text)),
  };
  try {
    const missing = await part.missing(effort);
    if (missing !== null) return {part: name, kind: 'skipped', reason: missing};
    const setting = {...settingNow(), rounds: effort.rounds};
    const measurement = await part.measure(effort);
    if (measurement.rows.length === 0) {
      return {
        part: name,
        kind: 'skipped',
        reason: `none of its rows has "${only.join('" or "')}" in its title`,
      };
    }
    if (isWhole) page.write(withBlock(page.read(), name, renderBlock(setting, measurement)));
    return {part: name, kind: 'measured', setting, measurement, isWritten: isWhole};
  } catch (error) {
    const {message, stack = message} = error instanceof Error ? error : new Error(String(error));
    say(stack);
    return {part: name, kind: 'failed', reason: message};
  }
};
