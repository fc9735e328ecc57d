// The rules that conversations of HTTP are fuzzed with: toxics of all kinds, whose dice are the input's, or none.

import {HttpRules} from '../../../src/faults/server/http/rules.ts';
import {readJson} from '../../../src/faults/server/proxy-body.ts';
import {createToxic, type Toxic} from '../../../src/faults/server/toxic.ts';
import {Witness} from '../../../src/faults/server/witness.ts';

type ToxicRequest = {
  readonly type: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly toxicity: number;
};

export const inForce = (requests: readonly ToxicRequest[]): readonly Toxic[] =>
  requests.map((request, index) => {
    const body = Buffer.from(JSON.stringify({...request, name: `${request.type}-${index}`}));
    const toxic = createToxic(readJson(body), () => undefined);
    toxic.isInForce = true;
    return toxic;
  });

/** HTTP is followed whether or not there is a toxic. */
class FollowingRules extends HttpRules {
  override get isActive(): boolean {
    return true;
  }
}

const witness = new Witness();

/** @param seed of the toxics' dice */
export const rulesOf = (toxics: readonly Toxic[], seed: number): HttpRules =>
  new FollowingRules([seed], direction => (direction === 'downstream' ? toxics : []), witness);

export const httpToxics = inForce([
  {type: 'http_status', toxicity: 0.1, attributes: {body: 'busy', retry_after: '1'}},
  {type: 'http_status', toxicity: 0.05, attributes: {close: true}},
  {type: 'http_fault', toxicity: 0.1, attributes: {stage: 'request', action: 'close', cut_ratio: 0.5}},
  {type: 'http_fault', toxicity: 0.1, attributes: {stage: 'response', action: 'abort', cut_bytes: 3}},
  {type: 'http_fault', toxicity: 0.1, attributes: {stage: 'response', action: 'hang'}},
  {type: 'http_fault', toxicity: 0.1, attributes: {stage: 'response', action: 'finish', cut_ratio: 0.3}},
  {type: 'http_content_length', toxicity: 0.1, attributes: {difference: 3}},
  {type: 'http_slow_body', toxicity: 0.1, attributes: {bytes_per_second: 1000}},
  {type: 'http_drop_keep_alive', toxicity: 0.1},
]);

/** Those that end streams. */
export const streamToxics = inForce([
  {type: 'http2_reset_stream', toxicity: 0.2},
  {type: 'http2_reset_stream', toxicity: 0.2, attributes: {stage: 'request', cut_ratio: 0.5}},
  {type: 'http2_trailers', toxicity: 0.2},
  {type: 'grpc_status', toxicity: 0.2},
]);

/** Those that act on a connection as a whole. */
export const connectionToxics = inForce([
  {type: 'http2_goaway', toxicity: 0.1},
  {type: 'http2_goaway', toxicity: 0.05, attributes: {error_code: 'ENHANCE_YOUR_CALM', served: false}},
  {type: 'http2_streams', toxicity: 0.2, attributes: {streams: 1}},
  {type: 'http2_windows', toxicity: 0.2},
  {type: 'http2_pings', toxicity: 0.2},
]);
