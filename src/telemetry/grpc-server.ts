// OTLP over gRPC: the three Export calls, whose bodies are those of http/protobuf, in the same accounts.

import {createRequire} from 'node:module';
import type {Metadata, ServiceDefinition, UntypedHandleCall} from '@grpc/grpc-js';
import {OtlpError} from './otlp-error.ts';
import type {Signal} from './otlp-messages.ts';
import {exportResponse} from './otlp-response.ts';
import {bodyLimitBytes} from './request-body.ts';
import {type TrialRegistry, toOtlpError} from './trial-registry.ts';

/** The trial that a call belongs to, where several are open: `OTEL_EXPORTER_OTLP_HEADERS=foulweather-trial=…`. */
const trialHeader = 'foulweather-trial';

const services: {readonly [signal in Signal]: string} = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
};

const asIs = (bytes: Buffer): Buffer => bytes;

/** Messages are bytes here: they are decoded where all others are. */
const definitionOf = (service: string): ServiceDefinition => ({
  Export: {
    path: `/${service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
});

type Call = {readonly request: Buffer; readonly metadata: Metadata; readonly cancelled: boolean};
type Answered = (error: {readonly code: number; readonly details: string} | null, response?: Buffer) => void;

const exportCall = async (registry: TrialRegistry, signal: Signal, call: Call): Promise<Buffer> => {
  const trialId = call.metadata.get(trialHeader)[0]?.toString() ?? registry.onlyTrialId;
  if (trialId === null) throw new OtlpError('unknown trial', `no ${trialHeader} says which trial this is of`);
  return registry.accept(
    trialId,
    () => call.cancelled,
    async ({budget: share, countRequest, take}) => {
      countRequest(call.request.length);
      share.take(call.request.length);
      return exportResponse(signal, 'protobuf', await take(signal, 'protobuf', call.request)).body;
    },
  );
};

export type GrpcServer = {readonly url: string; readonly stop: () => void};

/**
 * null where there is no gRPC. Rejects where it cannot listen; a call that cannot be taken is answered with the status
 * that OTLP asks for.
 */
export const startGrpcServer = async (registry: TrialRegistry, host: string): Promise<GrpcServer | null> => {
  const grpc = loadGrpc();
  if (grpc === null) return null;
  const server = new grpc.Server({'grpc.max_receive_message_length': bodyLimitBytes});
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    const handle = (call: Call, answered: Answered): void => {
      exportCall(registry, signal, call).then(
        response => answered(null, response),
        (error: unknown) => {
          const {rpcCode, message} = toOtlpError(error);
          answered({code: rpcCode, details: message});
        },
      );
    };
    server.addService(definitionOf(services[signal]), {Export: handle as unknown as UntypedHandleCall});
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:0`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {url: `http://${host}:${port}`, stop: () => server.forceShutdown()};
};

type Grpc = typeof import('@grpc/grpc-js');

const bringers = ['@opentelemetry/sdk-node', '@opentelemetry/otlp-grpc-exporter-base'] as const;

/** @param from the file or URL from which the SDK is looked for. Returns null where the package is not there. */
export const loadGrpc = (from: string = import.meta.url): Grpc | null => {
  try {
    const bringer = bringers.reduce((parent, name) => createRequire(parent).resolve(name), from);
    return createRequire(bringer)('@grpc/grpc-js') as Grpc;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
};
