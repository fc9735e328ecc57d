// A word as a POSIX shell reads it back: bare where that is safe, else in single quotes.

export const shellQuote = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
