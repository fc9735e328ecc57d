// A step with a time limit.

/** What `late` says, where `step` has not settled in time. */
export const within = async <T>(
  limitMs: number,
  step: Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>(resolve => {
    timer = setTimeout(() => resolve(late()), limitMs);
  });
  try {
    return await Promise.race([step, limit]);
  } finally {
    clearTimeout(timer);
  }
};
