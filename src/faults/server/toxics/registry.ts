// Every toxic type that clients may add. A new type is one file beside this one and one line here.

import type {ToxicType} from '../toxic-type.ts';
import {bandwidth} from './bandwidth.ts';
import {blackhole, blackholeSyn} from './blackhole.ts';
import {corrupt} from './corrupt.ts';
import {flap} from './flap.ts';
import {halfClose} from './half-close.ts';
import {halfOpen} from './half-open.ts';
import {httpContentLength} from './http-content-length.ts';
import {httpDropKeepAlive} from './http-drop-keep-alive.ts';
import {httpFault} from './http-fault.ts';
import {httpSlowBody} from './http-slow-body.ts';
import {httpStatus} from './http-status.ts';
import {latency} from './latency.ts';
import {limitConnections} from './limit-connections.ts';
import {limitData} from './limit-data.ts';
import {noop} from './noop.ts';
import {refuse} from './refuse.ts';
import {closeAfter, resetAfter} from './reset-after.ts';
import {resetPeer} from './reset-peer.ts';
import {slicer} from './slicer.ts';
import {slowClose} from './slow-close.ts';
import {stall} from './stall.ts';
import {timeout} from './timeout.ts';
import {tlsAlert, tlsCertificate, tlsClose} from './tls.ts';

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

const all = [...toxiproxyToxics, ...extraToxics, ...httpToxics, ...tlsToxics];

export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(all.map(type => [type.name, type]));
