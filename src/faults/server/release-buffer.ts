// Frees what Node took for one read of an accepted socket, at once. V8 would come for it by a whole collection of garbage,
// dozens of times a second where bodies are large, and all connections wait for each of them.

/** What is smaller V8 collects in passing. */
const worthBytes = 8 * 1024;

/** The data must not be used any more, nor anything that shares its memory. */
export const releaseBuffer = (data: Buffer): void => {
  const {buffer, byteLength} = data;
  if (byteLength < worthBytes) return;
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
};
