// Why a request was not accepted: the reason that the observation counts, and the codes for the sender.

/** HTTP's status, and google.rpc.Code for the Status body. */
const otlpErrorKinds = {
  malformed: {httpStatus: 400, rpcCode: 3},
  'unknown path': {httpStatus: 404, rpcCode: 5},
  'unknown trial': {httpStatus: 404, rpcCode: 5},
  'method not allowed': {httpStatus: 405, rpcCode: 12},
  'too large': {httpStatus: 413, rpcCode: 8},
  'unsupported content type': {httpStatus: 415, rpcCode: 3},
  'unsupported content encoding': {httpStatus: 415, rpcCode: 3},
  /** Worth another try: an exporter of OTLP makes one for this status. */
  overloaded: {httpStatus: 503, rpcCode: 14},
  internal: {httpStatus: 500, rpcCode: 13},
} as const;

export type OtlpErrorKind = keyof typeof otlpErrorKinds;

/** Thrown where a request cannot be accepted; the receiver answers with its codes and its message. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError';
  readonly kind: OtlpErrorKind;
  readonly httpStatus: number;
  readonly rpcCode: number;

  constructor(kind: OtlpErrorKind, message: string, options?: {cause?: unknown}) {
    super(message, options);
    this.kind = kind;
    this.httpStatus = otlpErrorKinds[kind].httpStatus;
    this.rpcCode = otlpErrorKinds[kind].rpcCode;
  }
}
