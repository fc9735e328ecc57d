// A step with a time limit, and one whose length is told while it lasts.

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

/** From here on a wait is reported: a terminal that prints nothing for half a minute looks broken. */
export const longWaitMs = 2000;

/** @param waiting called once, when it has taken `longWaitMs` */
export const announcingLongWait = async <T>(step: Promise<T>, waiting: () => void): Promise<T> => {
  const timer = setTimeout(waiting, longWaitMs);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
};
