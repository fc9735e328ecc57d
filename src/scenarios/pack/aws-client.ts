// What the scenarios of the AWS SDK have in common: an account that the servers here do not check, time limits, and
// operation ids.
import {Agent} from 'node:http';
import {NodeHttpHandler} from '@smithy/node-http-handler';
import type {BuildMiddleware} from '@smithy/types';

export type AwsOptions = {
  /** The SDK's own default is 3. */
  readonly maxAttempts: number | null;
  /** Of each attempt: connectionTimeout, and requestTimeout. The SDK's own default is none. */
  readonly connectMs: number | null;
  readonly requestMs: number | null;
  /** Of a call as a whole, its retries included. */
  readonly limitMs: number | null;
};

export const awsDefaults: AwsOptions = {maxAttempts: null, connectMs: null, requestMs: null, limitMs: null};

export const awsBounded: AwsOptions = {maxAttempts: 2, connectMs: 200, requestMs: 350, limitMs: 900};

/** As the SDK itself does. */
const maxSockets = 50;

export const awsConfig = (
  endpoint: string,
  {maxAttempts, connectMs, requestMs}: AwsOptions,
): {
  endpoint: string;
  region: string;
  credentials: {accessKeyId: string; secretAccessKey: string};
  maxAttempts?: number;
  requestHandler?: NodeHttpHandler;
} => ({
  endpoint,
  region: 'eu-central-1',
  credentials: {accessKeyId: 'foulweather', secretAccessKey: 'foulweather'},
  ...(maxAttempts === null ? {} : {maxAttempts}),
  ...(connectMs === null || requestMs === null
    ? {}
    : {
        requestHandler: new NodeHttpHandler({
          connectionTimeout: connectMs,
          requestTimeout: requestMs,
          throwOnRequestTimeout: true,
          httpAgent: new Agent({keepAlive: true, maxSockets}),
        }),
      }),
});

export const awsLimit = ({limitMs}: AwsOptions): {abortSignal?: AbortSignal} =>
  limitMs === null ? {} : {abortSignal: AbortSignal.timeout(limitMs)};

type Command<Input extends object, Output extends object> = {
  readonly middlewareStack: {
    add(middleware: BuildMiddleware<Input, Output>, options: {readonly step: 'build'}): void;
  };
};

/** Sends the operation's id with each attempt of a command, in the header by which the servers here count. */
export const marked = <Input extends object, Output extends object, Own extends Command<Input, Output>>(
  command: Own & Command<Input, Output>,
  id: string,
): Own => {
  command.middlewareStack.add(
    next => args => {
      (args.request as {readonly headers: Record<string, string>}).headers['x-operation-id'] = id;
      return next(args);
    },
    {step: 'build'},
  );
  return command;
};
