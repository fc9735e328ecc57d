// @grpc/grpc-js is no dependency of ours: the SDK's exporters bring it along, and theirs is the only copy.
import {createRequire} from 'node:module';

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
