// Every kind of fault between two edges of a phase: it reaches live connections as well as new ones, where its nature
// allows it, and all that it does lies between the moments that the edges note.
import test from 'ava';
import {Injector} from '../../src/faults/control.ts';
import {type Injector as Server, startInjector} from '../../src/faults/server/injector.ts';
import {isProxyState} from '../../src/faults/toxics.ts';
import {wholeEpochMs} from '../../src/model/clock.ts';
import {
  bandwidth,
  blackhole,
  closeAfter,
  corrupt,
  type Fault,
  flap,
  halfClose,
  halfOpen,
  latency,
  limitConnections,
  limitData,
  refuse,
  resetAfter,
  resetPeer,
  slicer,
  slowClose,
  stall,
  timeout,
} from '../../src/model/fault.ts';
import type {FaultKind} from '../../src/model/fault-defaults.ts';
import {
  dropKeepAlive,
  httpFault,
  httpStatus,
  malformedResponse,
  slowBody,
  wrongContentLength,
} from '../../src/model/http-fault.ts';
import type {AnyDnsFault, AnyPacketFault} from '../../src/model/network-fault.ts';
import {
  amqpError,
  memcachedError,
  mqttError,
  mysqlError,
  natsError,
  postgresError,
  redisError,
  smtpError,
} from '../../src/model/reply-fault.ts';
import type {AnyServerFault} from '../../src/model/server-fault.ts';
import {tlsAlert, tlsClose, wrongCertificate} from '../../src/model/tls-fault.ts';
import {connectTo, type Peer, startUpstream} from '../helpers/proxy-sockets.ts';
import {until} from '../helpers/run-until.ts';

let running: Server;
test.before(async () => {
  running = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => running.close());

const request = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nping';
/** A ClientHello without anything in it. */
const hello = Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]);

/** A startup message of PostgreSQL, of protocol 3.0 and without parameters. */
const startup = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);

/** Answers whatever it gets as if it had been a request, and ends when the other side does. */
const serve = ({socket}: Peer): void => {
  socket.on('data', () => socket.write(response));
  socket.on('end', () => socket.end());
};

/** What a connection is given so that the fault has something to act on. */
const ping = 'PING\r\n';
/** AMQP's connection.open, and MQTT's CONNECT. */
const open = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 40, 0xce]);
const connect = Buffer.from([0x10, 12, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0]);

const stimuli = {request, hello, startup, ping, open, connect};
type Stimulus = keyof typeof stimuli | 'end';
type Row = {
  readonly fault: Fault;
  /** `new`: live connections go on. `door`: live ones are cut, new ones are refused. */
  readonly reaches: 'live and new' | 'new' | 'door';
  readonly stimulus?: Stimulus;
};

const both = (fault: Fault, stimulus: Stimulus = 'request'): Row => ({
  fault,
  reaches: 'live and new',
  stimulus,
});
const newOnly = (fault: Fault, stimulus: Stimulus): Row => ({fault, reaches: 'new', stimulus});

type ElsewhereKind = (AnyServerFault | AnyPacketFault | AnyDnsFault)['kind'];

/** The compiler asks for a row of each kind that needs neither a server nor a network of its own (packet-filter.full.test.ts). */
const rows: {
  readonly [kind in Exclude<FaultKind, ElsewhereKind>]: Row | 'for HTTP/2' | 'for several chunks';
} = {
  latency: both(latency({latencyMs: 5})),
  bandwidth: both(bandwidth({bytesPerSecond: 1000})),
  slowClose: both(slowClose({delayMs: 5}), 'end'),
  timeout: both(timeout({timeoutMs: 5})),
  stall: both(stall()),
  resetPeer: both(resetPeer()),
  slicer: both(slicer({averageSizeBytes: 1})),
  // One chunk is not enough: test/faults/server/toxics/coalesce.test.ts.
  coalesce: 'for several chunks',
  limitData: both(limitData({limitBytes: 1})),
  refuse: {fault: refuse(), reaches: 'door'},
  halfOpen: both(halfOpen()),
  halfClose: both(halfClose()),
  resetAfter: both(resetAfter({afterBytes: 1})),
  closeAfter: both(closeAfter({afterBytes: 1})),
  corrupt: both(corrupt({offsetBytes: 0})),
  limitConnections: newOnly(limitConnections({connectionLimit: 1}), 'request'),
  flap: {fault: flap({downMs: 60_000, upMs: 60_000}), reaches: 'door'},
  blackhole: newOnly(blackhole(), 'request'),
  httpStatus: both(httpStatus({status: 503})),
  httpFault: both(httpFault({stage: 'response', action: 'abort'})),
  slowBody: both(slowBody({bytesPerSecond: 100})),
  wrongContentLength: both(wrongContentLength({differenceBytes: 1})),
  dropKeepAlive: both(dropKeepAlive()),
  malformedResponse: both(malformedResponse({how: 'stray-bytes'})),
  // Their edges are in test/faults/server/http2.
  goAway: 'for HTTP/2',
  resetStream: 'for HTTP/2',
  limitStreams: 'for HTTP/2',
  closedWindows: 'for HTTP/2',
  ignorePings: 'for HTTP/2',
  grpcStatus: 'for HTTP/2',
  withholdTrailers: 'for HTTP/2',
  // A handshake that is done cannot be hit any more.
  tlsClose: newOnly(tlsClose(), 'hello'),
  tlsAlert: newOnly(tlsAlert(), 'hello'),
  wrongCertificate: newOnly(wrongCertificate({problem: 'expired'}), 'hello'),
  // Where a live connection is in its conversation is not known.
  redisError: newOnly(redisError({error: 'LOADING'}), 'request'),
  postgresError: newOnly(postgresError({error: '57P03'}), 'startup'),
  mysqlError: newOnly(mysqlError({error: '1040'}), 'request'),
  amqpError: newOnly(amqpError({error: '530'}), 'open'),
  smtpError: newOnly(smtpError({error: '450'}), 'request'),
  natsError: newOnly(natsError({error: 'WITHHELD'}), 'ping'),
  memcachedError: newOnly(memcachedError({error: 'BUSY'}), 'request'),
  mqttError: newOnly(mqttError({error: '3'}), 'connect'),
};

/** Kinds again, otherwise asked for. */
const more: readonly Row[] = [
  {fault: refuse({durationMs: 60_000}), reaches: 'door'},
  ...[
    latency({latencyMs: 5, direction: 'upstream'}),
    bandwidth({bytesPerSecond: 1000, direction: 'upstream'}),
    bandwidth({bytesPerSecond: 1000, shared: true}),
    stall({direction: 'upstream'}),
    resetPeer({direction: 'upstream'}),
    slicer({averageSizeBytes: 1, direction: 'upstream'}),
    limitData({limitBytes: 1, direction: 'upstream'}),
    halfOpen({direction: 'upstream'}),
    resetAfter({afterBytes: 1, direction: 'upstream'}),
    corrupt({offsetBytes: 0, direction: 'upstream'}),
  ].map(fault => both(fault)),
];

let proxyCount = 0;

const give = ({socket}: Peer, stimulus: Stimulus): void => {
  if (stimulus === 'end') socket.end();
  else socket.write(stimuli[stimulus]);
};

const between = test.macro({
  title: (_title, {fault, reaches}: Row) => `${JSON.stringify(fault)}: ${reaches}, between the edges`,
  async exec(t, {fault, reaches, stimulus = 'request'}: Row) {
    const upstream = await startUpstream(serve);
    t.teardown(() => upstream.close());
    const link = await new Injector(running.url).createProxy(`edges-${++proxyCount}`, upstream.address);
    t.teardown(() => link.remove());
    const peers: Peer[] = [];
    const connect = async (): Promise<Peer> => {
      const peer = await connectTo(link.address, {allowHalfOpen: true});
      peers.push(peer);
      return peer;
    };
    t.teardown(() => {
      for (const {socket} of peers) socket.destroy();
    });
    const live = await connect();
    give(live, 'request');
    await live.bytes(response.length);

    const name = `phase-1-${fault.kind}`;
    const beforeMs = wholeEpochMs();
    await link.apply('phase', [fault], 1000);
    if (reaches === 'new') {
      give(live, 'request');
      await live.bytes(2 * response.length);
    } else if (reaches === 'live and new') {
      give(live, stimulus);
    }
    if (reaches === 'door') {
      await live.ended();
      await t.throwsAsync(connect(), {code: 'ECONNREFUSED'});
    } else {
      give(await connect(), stimulus);
      const wanted = reaches === 'new' ? 1 : 2;
      const isHit = async () => (await link.witness())?.faults[name]?.connectionsHit === wanted;
      await until(isHit, 10_000, `${wanted} connections hit`);
    }
    await link.apply('calm', []);
    const afterMs = wholeEpochMs();
    // The proxy's own state is no toxic, and nobody counts for it.
    if (!isProxyState(fault)) {
      const {firstHitMs, lastHitMs} = (await link.witness())!.faults[name]!;
      t.true(
        firstHitMs! >= beforeMs && lastHitMs! <= afterMs,
        `${beforeMs} ${firstHitMs} ${lastHitMs} ${afterMs}`,
      );
    }
    // A door that was shut opens a little later.
    const isOpen = () =>
      connect().then(
        () => true,
        () => false,
      );
    await until(isOpen, 10_000, 'a connection');
    const fresh = await connect();
    give(fresh, 'request');
    await fresh.bytes(response.length);
    t.is(String(fresh.received), response);
  },
});

for (const row of [...Object.values(rows), ...more]) if (typeof row !== 'string') test(between, row);
