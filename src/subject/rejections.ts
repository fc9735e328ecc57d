// Rejections that nobody handles. Node ends a process for them, unless somebody listens; that must stay as it is.

/** A library in a storm may reject thousands of times: these are enough to show it. */
const mostTold = 20;

export const watchRejections = (tell: (reason: unknown) => void): void => {
  let told = 0;
  let isWatching = false;
  const note = (reason: unknown): void => {
    if (told++ < mostTold) tell(reason);
  };
  process.on('uncaughtExceptionMonitor', (error, origin) => {
    if (origin === 'unhandledRejection') note(error);
  });
  // A listener of ours would keep the process alive, so there is one only beside somebody else's.
  process.on('newListener', name => {
    if (name !== 'unhandledRejection' || isWatching) return;
    isWatching = true;
    process.on('unhandledRejection', note);
  });
};
