// The values of a Retry-After header: seconds, an HTTP date, or `+` and seconds for the date in so many seconds.

const longestSeconds = 9;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

export function isRetryAfter(text: string): boolean {
  if (text === '') return true;
  if (httpDate.test(text)) return !Number.isNaN(Date.parse(text));
  return /^\+?\d+$/.test(text) && text.length <= longestSeconds + 1;
}

/** What the header says at `nowMs`. A date has whole seconds: it is rounded up, so that nobody is asked back too early. */
export function retryAfterText(text: string, nowMs: number): string {
  if (!text.startsWith('+')) return text;
  const dueMs = nowMs + Number(text.slice(1)) * 1000;
  return new Date(Math.ceil(dueMs / 1000) * 1000).toUTCString();
}
