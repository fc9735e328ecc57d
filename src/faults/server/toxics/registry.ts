// Every toxic type that clients may add. A new type is one file beside this one and one line here.

import type {ToxicType} from '../toxic-type.ts';
import {bandwidth} from './bandwidth.ts';
import {latency} from './latency.ts';
import {limitData} from './limit-data.ts';
import {noop} from './noop.ts';
import {resetPeer} from './reset-peer.ts';
import {slicer} from './slicer.ts';
import {slowClose} from './slow-close.ts';
import {timeout} from './timeout.ts';

const all = [bandwidth, latency, limitData, noop, resetPeer, slicer, slowClose, timeout];

export const toxicTypes: ReadonlyMap<string, ToxicType> = new Map(all.map(type => [type.name, type]));
