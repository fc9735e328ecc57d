// Long waits are reported while they last: a terminal that prints nothing for half a minute looks broken.

/** From here on a wait is reported. */
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
