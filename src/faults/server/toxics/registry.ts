// Every toxic type that clients may add. A new type goes into the file of its kind beside this one, with one line here.

import {type ErrorChoice, refuseError, serverErrorKinds, toxicOf} from '../../../model/server-errors.ts';
import {defineToxicType, type ToxicType} from '../toxic-type.ts';
import {bandwidth, sharedBandwidth} from './bandwidth.ts';
import {coalesce} from './coalesce.ts';
import {blackhole, blackholeSyn, flap, limitConnections, refuse} from './connects.ts';
import {corrupt} from './corrupt.ts';
import {closeAfter, halfClose, halfOpen, resetAfter, stall} from './cuts.ts';
import {httpFault} from './http-fault.ts';
import {httpMalformed} from './http-malformed.ts';
import {httpContentLength, httpDropKeepAlive, httpSlowBody} from './http-responses.ts';
import {httpStatus} from './http-status.ts';
import {http2Toxics} from './http2.ts';
import {latency} from './latency.ts';
import {dnsDead, dnsEmpty, dnsNxdomain, dnsServfail, dnsSlow, dnsTimeout} from './names.ts';
import {mtuBlackHole, packetLoss, partition, unreachable} from './packets.ts';
import {slicer} from './slicer.ts';
import {tlsAlert, tlsCertificate, tlsClose} from './tls.ts';
import {limitData, noop, resetPeer, slowClose, timeout} from './toxiproxy-ends.ts';

/** What a real Toxiproxy has, too. */
const toxiproxyToxics = [bandwidth, latency, limitData, noop, resetPeer, slicer, slowClose, timeout];

const extraToxics = [
  blackhole,
  blackholeSyn,
  closeAfter,
  coalesce,
  corrupt,
  flap,
  halfClose,
  halfOpen,
  limitConnections,
  refuse,
  resetAfter,
  sharedBandwidth,
  stall,
];

/** On requests rather than bytes. */
const httpToxics = [httpContentLength, httpDropKeepAlive, httpFault, httpMalformed, httpSlowBody, httpStatus];

/** On handshakes. */
const tlsToxics = [tlsAlert, tlsCertificate, tlsClose];

/** On packets, below TCP. */
const packetToxics = [mtuBlackHole, packetLoss, partition, unreachable];

/** On DNS queries. */
const nameToxics = [dnsDead, dnsEmpty, dnsNxdomain, dnsServfail, dnsSlow, dnsTimeout];

/** What a server says when it is in trouble: redis_error, postgres_error and so on. See protocols/. */
const replyToxics = serverErrorKinds.map(kind =>
  defineToxicType({
    name: toxicOf(kind),
    attributes: {
      /** A code of the protocol's table. */
      error: {kind: 'string', initial: ''},
      /** Its text; empty: the usual one. */
      message: {kind: 'string', initial: ''},
      /** Commands with spaces between; empty: any. */
      command: {kind: 'string', initial: ''},
      /** A pattern of the key, or of what the protocol has in its place; empty: any. */
      key: {kind: 'string', initial: ''},
      /** `usual`, `connect`, `command` or `unasked`. */
      when: {kind: 'string', initial: 'usual'},
      /** `usual`, `none`, `close` or `abort`. */
      ending: {kind: 'string', initial: 'usual'},
    },
    refuse: (values: ErrorChoice) => refuseError(kind, values),
    reply: kind,
  }),
);

const all = [
  ...toxiproxyToxics,
  ...extraToxics,
  ...httpToxics,
  ...http2Toxics,
  ...tlsToxics,
  ...replyToxics,
  ...packetToxics,
  ...nameToxics,
];

export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(all.map(type => [type.name, type]));
