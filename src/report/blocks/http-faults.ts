// HTTP faults in a few words.
import type {AnyHttpFault, HttpFault, HttpStatusFault} from '../../model/http-fault.ts';
import {bytes, percent} from '../format.ts';

/** `503 with Retry-After: 7, to every 3rd GET of /things/*`. */
export const httpEffectOf = (fault: AnyHttpFault): string => `${ownEffect(fault)}${requestsOf(fault)}`;

const ownEffect = (fault: AnyHttpFault): string => {
  switch (fault.kind) {
    case 'httpStatus':
      return `status ${fault.status}${retryAfter(fault)} instead of the target's response`;
    case 'httpFault':
      return lost(fault);
    case 'slowBody':
      return `response bodies at ${bytes(fault.bytesPerSecond)}/s`;
    case 'wrongContentLength':
      return `Content-Length ${bytes(Math.abs(fault.differenceBytes))} too ${fault.differenceBytes > 0 ? 'large' : 'small'}`;
    case 'dropKeepAlive':
      return `connection closed after the response${fault.announce ? '' : ' without notice'}`;
  }
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

const requestsOf = ({method, path}: AnyHttpFault): string => {
  const which = [...(method === '' ? [] : [method]), ...(path === '' ? [] : [path])];
  return which.length === 0 ? '' : ` (${which.join(' ')})`;
};
