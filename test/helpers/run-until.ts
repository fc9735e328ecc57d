// Waits for a condition for which there is no event.
import {setTimeout as sleep} from 'node:timers/promises';

const pollMs = 25;

/** @throws Error when it does not hold within `limitMs` */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
  what = 'the condition',
): Promise<void> => {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${what} did not come true within ${limitMs} ms`);
    await sleep(pollMs);
  }
};
