// The refusals of the API, word for word those of Toxiproxy.

import {messageOf} from '../../model/error-message.ts';
import {toGoJson} from './go-json.ts';

/** A refusal with its HTTP status. Its body is `{"error": message, "status": status}`. */
export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** The error itself, or a 500 for one that is not meant for the client. */
export const asApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  return serverFault(messageOf(error), error);
};

export const errorBody = ({message, status}: ApiError): string => toGoJson({error: message, status});

export const badRequestBody = (reason: string) => new ApiError(`bad request body: ${reason}`, 400);
export const missingField = (field: string) => new ApiError(`missing required field: ${field}`, 400);
export const invalidStream = () =>
  new ApiError('stream was invalid, can be either upstream or downstream', 400);
export const invalidToxicType = () => new ApiError('invalid toxic type', 400);
export const proxyNotFound = () => new ApiError('proxy not found', 404);
export const toxicNotFound = () => new ApiError('toxic not found', 404);
export const recordingNotFound = () => new ApiError('recording not found', 404);
export const proxyAlreadyExists = () => new ApiError('proxy already exists', 409);
export const toxicAlreadyExists = () => new ApiError('toxic already exists', 409);
export const serverFault = (message: string, cause: unknown) => new ApiError(message, 500, {cause});
