// The OTLP receiver: an HTTP server to which each trial's SDK sends, below a path of its own.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TelemetryObservation} from '../model/telemetry.ts';
import {OtlpError} from './otlp-error.ts';
import type {Encoding, Signal} from './otlp-messages.ts';
import {contentTypes, exportResponse, type OtlpResponse, statusResponse} from './otlp-response.ts';
import {inflateBody, readBody} from './request-body.ts';
import {type OnTaken, type PendingRequest, TrialRegistry, toOtlpError} from './trial-registry.ts';
import type {TrialStart} from './trial-telemetry.ts';

export type Receiver = {
  /** A trial's SDK sends to `${url}/${trialId}/v1/traces`, `…/metrics` and `…/logs`. */
  readonly url: string;
  startTrial(trial: TrialStart): void;
  /** @param hits whether the phase has faults */
  startPhase(trialId: string, phase: number, atMs: number, hits?: boolean): void;
  /** Waits for the requests under way; what comes later gets 404. Rejects for a trial that is not there. */
  finishTrial(trialId: string): Promise<TelemetryObservation>;
  /** Closes all connections. */
  stop(): Promise<void>;
};

export type ReceiverOptions = {
  readonly host: string;
  readonly port: number;
  /** Of all requests under way; beyond it senders are asked to come back. */
  readonly bodiesLimitBytes?: number;
  readonly onTaken?: OnTaken;
};

/** An exporter tries again a few times within its own ten seconds. */
const retryAfterSeconds = 1;

const pathPattern = /^\/([^/]+)\/v1\/(traces|metrics|logs)$/;

const encodingOf = (request: IncomingMessage): Encoding | null => {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === contentTypes.protobuf) return 'protobuf';
  return mediaType === contentTypes.json ? 'json' : null;
};

const send = (response: ServerResponse, httpStatus: number, {contentType, body}: OtlpResponse): void => {
  response.writeHead(httpStatus, {'content-type': contentType, 'content-length': body.length});
  response.end(body);
};

const sendError = (request: IncomingMessage, response: ServerResponse, otlpError: OtlpError): void => {
  if (otlpError.kind === 'method not allowed') response.setHeader('allow', 'POST');
  if (otlpError.kind === 'overloaded') response.setHeader('retry-after', retryAfterSeconds);
  // Of an endless body nothing more is read; node:http reads the rest of others.
  if (otlpError.kind === 'too large' && !request.complete) response.setHeader('connection', 'close');
  const answer = statusResponse(encodingOf(request) ?? 'json', otlpError.rpcCode, otlpError.message);
  send(response, otlpError.httpStatus, answer);
};

const exportFrom = async (
  request: IncomingMessage,
  signal: Signal,
  {budget: share, countRequest, take}: PendingRequest,
): Promise<OtlpResponse> => {
  const body = await readBody(request, share.take);
  countRequest(body.length);
  if (request.method !== 'POST') throw new OtlpError('method not allowed', `${request.method} is not POST`);
  const encoding = encodingOf(request);
  if (encoding === null) {
    const known = Object.values(contentTypes).join(' and ');
    throw new OtlpError(
      'unsupported content type',
      `content type ${request.headers['content-type']}: ${known} are known`,
    );
  }
  const inflated = await inflateBody(body, request.headers['content-encoding'] ?? '');
  if (inflated !== body) share.take(inflated.length);
  return exportResponse(signal, encoding, await take(signal, encoding, inflated));
};

/**
 * Starts an OTLP receiver for http/protobuf and http/json. Port 0 takes a free one. Rejects where it cannot listen; once
 * it does, no request can make it fail.
 */
export const startReceiver = async ({
  host,
  port,
  bodiesLimitBytes,
  onTaken,
}: ReceiverOptions): Promise<Receiver> => {
  const registry = new TrialRegistry(bodiesLimitBytes, onTaken);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const path = (request.url ?? '').split('?', 1)[0]!;
      const [, trialId, signal] = pathPattern.exec(path) ?? [];
      if (trialId === undefined)
        throw new OtlpError('unknown path', 'the path is not /<trial>/v1/traces, metrics or logs');
      const isAborted = (): boolean => request.errored !== null;
      const deliver = (pending: PendingRequest): Promise<OtlpResponse> =>
        exportFrom(request, signal as Signal, pending);
      send(response, 200, await registry.accept(trialId, isAborted, deliver));
    } catch (error) {
      if (!response.destroyed) sendError(request, response, toOtlpError(error));
    }
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  // An SDK exports once a second or more seldom: its connection should stay open until the next time.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A connection that cannot be accepted, for lack of file descriptors, is lost to that sender alone.
      server.on('error', () => undefined);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const urlHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  return {
    url: `http://${urlHost}:${address.port}`,
    startTrial: trial => registry.start(trial, address.port),
    startPhase: (trialId, phase, atMs, hits = false) => registry.startPhase(trialId, phase, atMs, hits),
    finishTrial: trialId => registry.finish(trialId),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => {
        server.close(() => resolve());
      });
    },
  };
};
