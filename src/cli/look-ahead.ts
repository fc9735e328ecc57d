// What is known before the first run: which scenarios cannot run, and why, and how long the others will take.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {describeAll} from '../run/preflight.ts';
import type {RunOptions} from '../run/run-options.ts';
import type {CliIo} from './cli-io.ts';
import {missingPackages} from './needs.ts';
import {expectedMs, timeText} from './progress-words.ts';

export type Look =
  /** Nulls: it is described when it runs. */
  | {readonly kind: 'ready'; readonly described: Plan | null; readonly plan: Plan | null}
  | {readonly kind: 'refused'; readonly scenario: string; readonly error: FoulweatherError};

/**
 * Of a single scenario only its packages are looked at: all else it tells by itself, as soon.
 * @throws FoulweatherError FW_INTERRUPTED
 */
export const lookAhead = async (io: CliIo, requests: readonly RunOptions[]): Promise<Look[]> => {
  const lacking = requests.map(({scenario}) => missingPackages(scenario, io));
  const described =
    requests.length > 1 ? await describeAll(requests.filter((_, index) => lacking[index] === null)) : [];
  const answers = described.values();
  return requests.map(({scenario}, index): Look => {
    const lack = lacking[index];
    if (lack) return {kind: 'refused', scenario, error: lack};
    const answer = answers.next().value;
    if (answer?.kind === 'refused') return {kind: 'refused', scenario, error: answer.error};
    return {kind: 'ready', described: answer?.described ?? null, plan: answer?.plan ?? null};
  });
};

/** One error for all: of a single scenario its own. */
export const refusal = (
  refused: readonly Extract<Look, {kind: 'refused'}>[],
  count: number,
): FoulweatherError => {
  const [first] = refused;
  if (!first) throw new Error('nothing was refused');
  if (count === 1) return first.error;
  return new FoulweatherError(
    first.error.code,
    `${refused.length} of ${count} scenarios cannot run, so none was started:`,
    'Fix these, or leave them out.',
    {
      details: refused.flatMap(({error}) => [
        error.message,
        ...error.details.map(line => `  ${line}`),
        ...(error.hint === '' ? [] : [`  ${error.hint}`]),
      ]),
    },
  );
};

/**
 * Of a single scenario its own start says it.
 * @param trials per variant that are made here, of each; none of what another machine makes
 */
export const seriesText = (looks: readonly Look[], trials: readonly (number | null)[]): string => {
  const times = looks.flatMap((look, index) => {
    const own = trials[index] ?? 0;
    return look.kind === 'ready' && look.plan && own > 0 ? [expectedMs(look.plan, own)] : [];
  });
  if (times.length < 2) return '';
  return `${times.length} scenarios, ${timeText(times.reduce((sum, ms) => sum + ms, 0))} in all\n`;
};
