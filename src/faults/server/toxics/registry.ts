// Every toxic type that clients may add. A new type goes into the file of its kind beside this one, with one line here.

import type {ToxicType} from '../toxic-type.ts';
import {bandwidth} from './bandwidth.ts';
import {blackhole, blackholeSyn, flap, limitConnections, refuse} from './connects.ts';
import {corrupt} from './corrupt.ts';
import {closeAfter, halfClose, halfOpen, resetAfter, stall} from './cuts.ts';
import {httpFault} from './http-fault.ts';
import {httpContentLength, httpDropKeepAlive, httpSlowBody} from './http-responses.ts';
import {httpStatus} from './http-status.ts';
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
  corrupt,
  flap,
  halfClose,
  halfOpen,
  limitConnections,
  refuse,
  resetAfter,
  stall,
];

/** On requests rather than bytes. */
const httpToxics = [httpContentLength, httpDropKeepAlive, httpFault, httpSlowBody, httpStatus];

/** On handshakes. */
const tlsToxics = [tlsAlert, tlsCertificate, tlsClose];

/** On packets, below TCP. */
const packetToxics = [mtuBlackHole, packetLoss, partition, unreachable];

/** On queries for names. */
const nameToxics = [dnsDead, dnsEmpty, dnsNxdomain, dnsServfail, dnsSlow, dnsTimeout];

const all = [...toxiproxyToxics, ...extraToxics, ...httpToxics, ...tlsToxics, ...packetToxics, ...nameToxics];

export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(all.map(type => [type.name, type]));
