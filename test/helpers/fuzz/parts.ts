// All that is fuzzed, by name.

import {besideFaults} from './beside-faults.ts';
import {hpack} from './hpack.ts';
import {beginning, http1} from './http1.ts';
import {http2} from './http2.ts';
import type {FuzzPart} from './part.ts';
import {protocolParts} from './protocols.ts';

export const fuzzParts: readonly FuzzPart[] = [
  beginning,
  http1,
  http2,
  hpack,
  besideFaults,
  ...protocolParts,
];
