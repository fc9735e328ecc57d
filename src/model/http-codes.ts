// The names of codes that HTTP/2 and gRPC send as numbers. Each is at the index that is its number.

/** RFC 9113, 7. */
export const http2ErrorCodes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;
/** An error code of HTTP/2, by its name. */
export type Http2ErrorCode = (typeof http2ErrorCodes)[number];

/** How a response of HTTP/1 can be malformed. */
export const malformations = ['stray-bytes', 'endless-head', 'twice'] as const;

/** https://grpc.io/docs/guides/status-codes */
export const grpcStatuses = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;
/** The status of a call of gRPC, by its name. */
export type GrpcStatus = (typeof grpcStatuses)[number];
