// A gRPC service without generated code: JSON on the wire, so that a scenario needs nothing but @grpc/grpc-js.
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type {StartedTarget} from '../../model/scenario-functions.ts';
import {withVersion} from './installed-version.ts';

const serialize = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const deserialize = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

export type Streams = 'none' | 'requests' | 'responses' | 'both';

/** The definition that a code generator makes of a method. */
export const methodOf = <Request, Response>(
  path: string,
  streams: Streams,
): MethodDefinition<Request, Response> => ({
  path,
  requestStream: streams === 'requests' || streams === 'both',
  responseStream: streams === 'responses' || streams === 'both',
  requestSerialize: serialize,
  requestDeserialize: deserialize as (bytes: Buffer) => Request,
  responseSerialize: serialize,
  responseDeserialize: deserialize as (bytes: Buffer) => Response,
});

/** UNAVAILABLE has these details where there was no connection to send on. */
export const isUnsent = (error: unknown): boolean => {
  const {code, details} = error as Partial<ServiceError>;
  return code === status.UNAVAILABLE && (details ?? '').startsWith('No connection established');
};

/** Serves on a free port. */
export const serve = async (
  service: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): Promise<StartedTarget> => {
  const server = new Server();
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    url: `grpc://127.0.0.1:${port}`,
    description: `the server of ${withVersion('@grpc/grpc-js')}, in a process of this run`,
    stop: () => server.forceShutdown(),
  };
};
