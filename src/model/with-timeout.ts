// A step with a time limit.

const timedOut = Symbol('timed out');

/** What `step` settles with, or, where that takes longer than `limitMs`, what `late` returns or throws. The step goes on. */
export const withTimeout = async <T, Late = T>(
  limitMs: number,
  step: Promise<T>,
  late: () => Late | Promise<Late>,
): Promise<T | Late> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof timedOut>(resolve => {
    timer = setTimeout(resolve, limitMs, timedOut);
  });
  try {
    const first = await Promise.race([step, limit]);
    return first === timedOut ? await late() : first;
  } finally {
    clearTimeout(timer);
  }
};
