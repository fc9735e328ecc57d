// The OTLP receiver: an HTTP server to which each trial's SDK sends, below a path of its own.
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as delay, setImmediate as nextTurn} from 'node:timers/promises';
import type {TelemetryObservation} from '../model/telemetry.ts';
import {type Answer, contentTypes, exportResponse, statusResponse} from './answer.ts';
import {BodyBudget, type Share} from './body-budget.ts';
import type {Encoding, Signal} from './otlp-messages.ts';
import {Refusal} from './refusal.ts';
import {inflateBody, readBody} from './request-body.ts';
import {TrialIntake, type TrialStart} from './trial-intake.ts';

export type Receiver = {
  /** A trial's SDK sends to `${url}/${trialId}/v1/traces`, `…/metrics` and `…/logs`. */
  readonly url: string;
  startTrial(trial: TrialStart): void;
  startPhase(trialId: string, phase: number, atMs: number): void;
  /** Waits for the requests under way; what comes later gets 404. Rejects for a trial that is not there. */
  finishTrial(trialId: string): Promise<TelemetryObservation>;
  /** Closes all connections. */
  stop(): Promise<void>;
};

export type ReceiverOptions = {
  readonly host: string;
  readonly port: number;
  /** Of all requests under way; above it they are asked to come back. */
  readonly bodiesLimitBytes?: number;
  /** Told of each request that was taken, with its body inflated. Must not throw. */
  readonly onTaken?: OnTaken;
};

type OnTaken = (trialId: string, signal: Signal, encoding: Encoding, body: Buffer) => void;

type OpenTrial = {readonly intake: TrialIntake; underWayCount: number};

/** A subject that was stopped, not killed, may hold a request open for ever. */
const finishPatienceMs = 5000;
/** Reading what the kernel holds of a subject that has just died takes a turn to accept and one to read. */
const turnsOfSilence = 4;

/** An exporter tries again a few times within its own ten seconds. */
const retryAfterSeconds = 1;

const pathPattern = /^\/([^/]+)\/v1\/(traces|metrics|logs)$/;

const encodingOf = (request: IncomingMessage): Encoding | null => {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === contentTypes.protobuf) return 'protobuf';
  return mediaType === contentTypes.json ? 'json' : null;
};

const send = (response: ServerResponse, httpStatus: number, {contentType, body}: Answer): void => {
  response.writeHead(httpStatus, {'content-type': contentType, 'content-length': body.length});
  response.end(body);
};

const refusalFrom = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal('internal', `the receiver failed: ${reason}`, {cause: error});
};

const sendRefusal = (request: IncomingMessage, response: ServerResponse, refusal: Refusal): void => {
  if (refusal.kind === 'method not allowed') response.setHeader('allow', 'POST');
  if (refusal.kind === 'overloaded') response.setHeader('retry-after', retryAfterSeconds);
  // Of a body without end, nothing more is read; node:http reads away what is left of others.
  if (refusal.kind === 'too large' && !request.complete) response.setHeader('connection', 'close');
  const answer = statusResponse(encodingOf(request) ?? 'json', refusal.rpcCode, refusal.message);
  send(response, refusal.httpStatus, answer);
};

const exportInto = async (
  intake: TrialIntake,
  signal: Signal,
  request: IncomingMessage,
  share: Share,
  onTaken: (encoding: Encoding, body: Buffer) => void,
): Promise<Answer> => {
  const body = await readBody(request, share.take);
  intake.countRequest(body.length);
  if (request.method !== 'POST') throw new Refusal('method not allowed', `${request.method} is not POST`);
  const encoding = encodingOf(request);
  if (encoding === null) {
    const known = Object.values(contentTypes).join(' and ');
    throw new Refusal(
      'unsupported content type',
      `content type ${request.headers['content-type']}: ${known} are known`,
    );
  }
  const inflated = await inflateBody(body, request.headers['content-encoding'] ?? '');
  if (inflated !== body) share.take(inflated.length);
  const rejected = await intake.take(signal, encoding, inflated);
  onTaken(encoding, inflated);
  return exportResponse(signal, encoding, rejected);
};

/**
 * Starts an OTLP receiver for http/protobuf and http/json. Port 0 takes a free one.
 * Rejects where it cannot listen; once it does, no request can make it fail.
 */
export const startReceiver = async ({
  host,
  port,
  bodiesLimitBytes,
  onTaken,
}: ReceiverOptions): Promise<Receiver> => {
  const trials = new Map<string, OpenTrial>();
  const budget = new BodyBudget(bodiesLimitBytes);

  const trialOf = (trialId: string): OpenTrial => {
    const trial = trials.get(trialId);
    if (trial === undefined) throw new Refusal('unknown trial', `there is no trial ${trialId}`);
    return trial;
  };

  const exportTo = async (trialId: string, signal: Signal, request: IncomingMessage): Promise<Answer> => {
    const trial = trialOf(trialId);
    trial.underWayCount += 1;
    const share = budget.share();
    try {
      return await exportInto(trial.intake, signal, request, share, (encoding, body) =>
        onTaken?.(trialId, signal, encoding, body),
      );
    } catch (error) {
      // A sender that has gone away is told nothing, but counted.
      trial.intake.refuse(request.errored === null ? refusalFrom(error).kind : 'aborted by the sender');
      throw error;
    } finally {
      share.release();
      trial.underWayCount -= 1;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const path = (request.url ?? '').split('?', 1)[0]!;
      const [, trialId, signal] = pathPattern.exec(path) ?? [];
      if (trialId === undefined)
        throw new Refusal('unknown path', 'the path is not /<trial>/v1/traces, metrics or logs');
      send(response, 200, await exportTo(trialId, signal as Signal, request));
    } catch (error) {
      if (!response.destroyed) sendRefusal(request, response, refusalFrom(error));
    }
  };

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  // An SDK exports once a second or more seldom: its connection should live until the next time.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // A connection that cannot be accepted, for want of file handles, is that sender's loss alone.
      server.on('error', () => undefined);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const urlHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;

  return {
    url: `http://${urlHost}:${address.port}`,
    startTrial: trial => {
      if (trials.has(trial.trialId)) throw new Error(`there is a trial ${trial.trialId} already`);
      trials.set(trial.trialId, {intake: new TrialIntake(trial), underWayCount: 0});
    },
    startPhase: (trialId, phase, atMs) => trialOf(trialId).intake.startPhase(phase, atMs),
    finishTrial: async trialId => {
      const trial = trialOf(trialId);
      const deadlineMs = performance.now() + finishPatienceMs;
      let silentTurns = 0;
      while (silentTurns < turnsOfSilence && performance.now() < deadlineMs) {
        await (trial.underWayCount === 0 ? nextTurn() : delay(5));
        silentTurns = trial.underWayCount === 0 ? silentTurns + 1 : 0;
      }
      trials.delete(trialId);
      trial.intake.refuse('unfinished at the end of the trial', trial.underWayCount);
      return trial.intake.finish();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>(resolve => {
        server.close(() => resolve());
      });
    },
  };
};
