// What takes long is told while it lasts: a terminal that says nothing for half a minute looks broken.

/** From here on a wait is worth a word. */
export const longWaitMs = 2000;

/** @param waiting told once, when it has taken `longWaitMs` */
export const tellingLongWait = async <T>(step: Promise<T>, waiting: () => void): Promise<T> => {
  const timer = setTimeout(waiting, longWaitMs);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
};
