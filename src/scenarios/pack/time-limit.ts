// A limit that an application puts on a call, where the library has none.

/**
 * What is waited for, or an error once `limitMs` have passed; null is no limit. The call itself goes on: the library
 * is not told.
 * @throws DOMException TimeoutError, as AbortSignal.timeout() does: the caller's own, which the library's telemetry
 * does not show
 */
export const within = async <Result>(limitMs: number | null, result: Promise<Result>): Promise<Result> => {
  if (limitMs === null) return result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DOMException(`the application's own limit of ${limitMs} ms`, 'TimeoutError')),
      limitMs,
    );
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
};
