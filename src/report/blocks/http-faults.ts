// HTTP faults in a few words.
import type {
  AnyHttp2SettingFault,
  AnyRequestFault,
  GoAwayFault,
  GrpcStatusFault,
  HttpFault,
  HttpStatusFault,
  MalformedResponseFault,
  ResetStreamFault,
  WithholdTrailersFault,
} from '../../model/http-fault.ts';
import {bytes, percent, plural} from '../format.ts';

/** `503 with Retry-After: 7, to every 3rd GET of /things/*`. */
export const requestEffectOf = (fault: AnyRequestFault): string => `${ownEffect(fault)}${requestsOf(fault)}`;

const ownEffect = (fault: AnyRequestFault): string => {
  switch (fault.kind) {
    case 'httpStatus':
      return `status ${fault.status}${retryAfter(fault)} instead of the target's response${fault.early ? ', before the request is complete' : ''}`;
    case 'httpFault':
      return lost(fault);
    case 'slowBody':
      return `response bodies at ${bytes(fault.bytesPerSecond)}/s`;
    case 'wrongContentLength':
      return `Content-Length ${bytes(Math.abs(fault.differenceBytes))} too ${fault.differenceBytes > 0 ? 'large' : 'small'}`;
    case 'dropKeepAlive':
      return `connection closed after the response${fault.announce ? '' : ' without notice'}`;
    case 'malformedResponse':
      return malformed[fault.how];
    case 'goAway':
      return goneAway(fault);
    case 'resetStream':
      return streamReset(fault);
    case 'grpcStatus':
      return callEnded(fault);
    case 'withholdTrailers':
      return `response without its trailers, ${instead[fault.action]}`;
  }
};

/** What happens to a connection of HTTP/2 as a whole. */
export const settingEffectOf = (fault: AnyHttp2SettingFault): string => {
  switch (fault.kind) {
    case 'limitStreams':
      return `at most ${plural(fault.streamLimit, 'stream')} at a time`;
    case 'closedWindows':
      return 'windows for request bodies never opened';
    case 'ignorePings':
      return 'PINGs not answered';
  }
};

const goneAway = ({errorCode, served, text}: GoAwayFault): string =>
  `GOAWAY with ${errorCode}${text === '' ? '' : ` (${text})`}${served ? '' : ', request not served'}`;

const streamReset = ({stage, errorCode, cutRatio, cutBytes}: ResetStreamFault): string => {
  const share = cutRatio === null ? null : `${percent(cutRatio)} of the ${stage} body`;
  const cut = cutBytes === null ? share : `${bytes(cutBytes)} of the ${stage} body`;
  const before = stage === 'request' ? 'request kept from the target, ' : '';
  return `${before}${cut === null ? '' : `${cut}, then `}RST_STREAM with ${errorCode}`;
};

const callEnded = ({status, pushbackMs, stage}: GrpcStatusFault): string => {
  const pushback = pushbackMs === null ? '' : ` and a pushback of ${pushbackMs} ms`;
  return `gRPC status ${status}${pushback} instead of the target's ${stage === 'request' ? 'response' : 'status'}`;
};

const instead: {readonly [action in WithholdTrailersFault['action']]: string} = {
  hang: 'then silence',
  close: 'then RST_STREAM with CANCEL',
  abort: 'then RST_STREAM with INTERNAL_ERROR',
  finish: 'as if nothing were missing',
};

const malformed: {readonly [how in MalformedResponseFault['how']]: string} = {
  'stray-bytes': 'stray bytes after the response',
  'endless-head': 'response headers without end',
  twice: 'response sent twice',
};

const retryAfter = ({retryAfter}: HttpStatusFault): string => {
  if (retryAfter === '') return '';
  const value = retryAfter.startsWith('+') ? `a date ${retryAfter.slice(1)} s ahead` : retryAfter;
  return ` with Retry-After: ${value}`;
};

const endings = {hang: 'then silence', close: 'then a close (FIN)', abort: 'then a reset (RST)'} as const;

const lost = ({stage, action, cutRatio, cutBytes}: HttpFault): string => {
  const share = cutRatio === null ? null : `${percent(cutRatio)} of the ${stage} body`;
  const cut = cutBytes === null ? share : `${bytes(cutBytes)} of the ${stage} body`;
  if (action === 'finish') return cut === null ? 'response passed on' : `response cut short to ${cut}`;
  if (stage === 'request')
    return `request kept from the target, ${cut ?? 'no body'} read, ${endings[action]}`;
  return `${cut ?? 'no response'}, ${endings[action]}`;
};

const requestsOf = ({method, path}: AnyRequestFault): string => {
  const which = [...(method === '' ? [] : [method]), ...(path === '' ? [] : [path])];
  return which.length === 0 ? '' : ` (${which.join(' ')})`;
};
