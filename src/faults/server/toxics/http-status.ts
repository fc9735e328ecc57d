// http_status: answers a request with an error status, once all of it has been read or as soon as its head has. The upstream gets
// nothing of it.
import type {Exchange} from '../http/behaviour.ts';
import {defineHttpToxicType} from '../http/http-toxic-type.ts';
import {expectsContinue} from '../http/message-faults.ts';
import {mayStayOpen} from '../http/request-facts.ts';

export const httpStatus = defineHttpToxicType({
  name: 'http_status',
  attributes: {
    /** 400 to 599. */
    status: {kind: 'int64', initial: 503},
    /** Seconds (`7`), an HTTP date, or `+7` for the date in 7 s; empty: the header is not sent. */
    retry_after: {kind: 'string', initial: ''},
    /** The body of the answer, in UTF-8. */
    body: {kind: 'string', initial: ''},
    /** Of a body that is not empty. */
    content_type: {kind: 'string', initial: 'text/plain; charset=utf-8'},
    /** Whether the connection is closed after the answer, which then says so. */
    close: {kind: 'bool', initial: false},
    /** Whether it is answered as soon as its head is there. Its body is then read and dropped. */
    early: {kind: 'bool', initial: false},
  },
  refuse({status, retry_after, content_type}) {
    if (status < 400 || status > 599) return 'status must be between 400 and 599';
    if (!isRetryAfter(retry_after)) return 'retry_after must be seconds, an HTTP date, or + and seconds';
    return /^[\x20-\x7e]+$/.test(content_type) ? null : 'content_type must be printable ASCII';
  },
  handle(exchange, {status, retry_after, body, content_type, close, early}) {
    const answer = (isLast: boolean) => {
      exchange.acted(`status-${status}`);
      exchange.answer({
        status,
        retryAfter: retryAfterText(retry_after, Date.now()),
        contentType: content_type,
        body: Buffer.from(body),
        isLast,
      });
    };
    // A client that asked whether to send its body is refused at once; what it would send next cannot be known.
    const isRefused = expectsContinue(exchange.request);
    const isAtOnce = early || isRefused || (exchange.http2 !== null && mayStayOpen(exchange.request));
    const isLast = close || (exchange.http2 === null && (isRefused || closesConnection(exchange)));
    return {
      request: {
        head: () => (isAtOnce ? answer(isLast) : undefined),
        body: () => undefined,
        end: () => (isAtOnce ? undefined : answer(isLast)),
      },
    };
  },
});

/** Whether the client will not use the connection again. */
const closesConnection = ({request: {minorVersion, fields}}: Exchange): boolean => {
  const options = fields.flatMap(([name, value]) =>
    name.toLowerCase() === 'connection' ? value.toLowerCase().split(/[\s,]+/) : [],
  );
  return options.includes('close') || (minorVersion === 0 && !options.includes('keep-alive'));
};

const longestSeconds = 9;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

export const isRetryAfter = (text: string): boolean => {
  if (text === '') return true;
  if (httpDate.test(text)) return !Number.isNaN(Date.parse(text));
  return /^\+?\d+$/.test(text) && text.length <= longestSeconds + 1;
};

/** The header's value at `nowMs`. A date has whole seconds: it is rounded up, so that no client is asked back too early. */
export const retryAfterText = (text: string, nowMs: number): string => {
  if (!text.startsWith('+')) return text;
  const dueMs = nowMs + Number(text.slice(1)) * 1000;
  return new Date(Math.ceil(dueMs / 1000) * 1000).toUTCString();
};
