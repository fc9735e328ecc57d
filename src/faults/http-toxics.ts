// HTTP fault → toxic of the embedded injector.
import type {AnyHttpFault} from '../model/http-fault.ts';

type HttpShape = {
  readonly type: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

/** The type and the attributes, without those that say which requests it is for. */
const ownShape = (fault: AnyHttpFault): HttpShape => {
  switch (fault.kind) {
    case 'httpStatus': {
      const {status, retryAfter, body, contentType, close} = fault;
      return {
        type: 'http_status',
        attributes: {status, retry_after: retryAfter, body, content_type: contentType, close},
      };
    }
    case 'httpFault': {
      const {stage, action, cutRatio, cutBytes} = fault;
      const attributes = {stage, action, cut_ratio: cutRatio ?? -1, cut_bytes: cutBytes ?? -1};
      return {type: 'http_fault', attributes};
    }
    case 'slowBody':
      return {type: 'http_slow_body', attributes: {bytes_per_second: fault.bytesPerSecond}};
    case 'wrongContentLength':
      return {
        type: 'http_content_length',
        attributes: {difference: fault.differenceBytes, close: fault.close},
      };
    case 'dropKeepAlive':
      return {type: 'http_drop_keep_alive', attributes: {announce: fault.announce}};
  }
};

export const httpShapeOf = (fault: AnyHttpFault): HttpShape => {
  const {type, attributes} = ownShape(fault);
  const {method, path} = fault;
  return {type, attributes: {...attributes, method, path}};
};
