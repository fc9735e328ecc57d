// The fourteen modes of http_fault, as the wire, node:http and undici see them, and what the upstream gets of the request.

import test from 'ava';
import {type Dispatcher, Pool} from 'undici';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import {nodeUpload} from '../../../helpers/http-clients.ts';
import {body, bodyBytes, HttpScene, received, requestText} from '../../../helpers/http-scene.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

type Ending = 'open' | 'FIN' | 'RST';

type Mode = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Bytes of the response's body that come; null: not even a head. */
  readonly gets: number | null;
  readonly ending: Ending;
  readonly reachesUpstream: boolean;
  readonly action: string | null;
};

const half = {cut_ratio: 0.5};
const endings = [
  {suffix: '', action: 'hang', ending: 'open'},
  {suffix: 'c', action: 'close', ending: 'FIN'},
  {suffix: 'a', action: 'abort', ending: 'RST'},
] as const;

const modes: readonly Mode[] = [
  ...endings.flatMap(({suffix, action, ending}): Mode[] => {
    const response = {stage: 'response', action};
    const request = {stage: 'request', action};
    const after = {ending, reachesUpstream: true, action: `response-${action}`};
    const before = {ending, reachesUpstream: false, gets: null, action: `request-${action}`};
    return [
      {name: `p${suffix}`, attributes: {...response, ...half}, gets: bodyBytes / 2, ...after},
      {name: `n${suffix}`, attributes: response, gets: null, ...after},
      {name: `pq${suffix}`, attributes: {...request, ...half}, ...before},
      {name: `nq${suffix}`, attributes: request, ...before},
    ];
  }),
  {
    name: 'pn',
    attributes: {stage: 'response', action: 'finish', ...half},
    gets: bodyBytes / 2,
    ending: 'open',
    reachesUpstream: true,
    action: 'response-finish',
  },
  {
    name: 'f',
    attributes: {stage: 'response', action: 'finish'},
    gets: bodyBytes,
    ending: 'open',
    reachesUpstream: true,
    action: null,
  },
  ...[
    {cut_ratio: 0, gets: 0},
    {cut_ratio: 1, gets: bodyBytes},
    {cut_bytes: 0, gets: 0},
    {cut_bytes: 7, gets: 7},
    {cut_bytes: 5000, gets: bodyBytes},
  ].map(
    ({gets, ...cut}): Mode => ({
      name: `pa with ${JSON.stringify(cut)}`,
      attributes: {stage: 'response', action: 'abort', ...cut},
      gets,
      ending: 'RST',
      reachesUpstream: true,
      action: 'response-abort',
    }),
  ),
];

const onTheWire = test.macro({
  title: (_title, {name}: Mode) => `${name} on the wire`,
  async exec(t, {name, attributes, gets, ending, reachesUpstream, action}: Mode) {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.add({type: 'http_fault', name, attributes});
    const client = await scene.connect();
    client.socket.write(requestText('POST', '/things/op-1?secret=1', body, ['Authorization: secret']));
    const expected = gets === null ? /^$/ : new RegExp(`^HTTP/1.1 200 OK\r\n.*\r\n\r\nx{${gets}}$`, 's');
    if (ending === 'open') {
      await received(client, expected);
      while (action !== null && (await scene.hits()).length === 0);
      t.false(client.hasEnded);
      client.socket.destroy();
    } else {
      await client.ended();
      t.regex(String(client.received), expected);
      t.is(client.errorCode, ending === 'RST' ? 'ECONNRESET' : undefined);
      client.socket.destroy();
    }
    await scene.untilOpen(0);
    const whole = {method: 'POST', path: '/things/op-1?secret=1', bodyBytes, isWhole: true};
    t.deepEqual(scene.ledger, reachesUpstream ? [whole] : []);
    const hits = await scene.hits();
    const request = {connection: 1, request: 1, method: 'POST', path: '/things/op-1', operationId: 'op-1'};
    t.is(hits.length, action === null ? 0 : 1);
    if (action !== null) t.like(hits, [{toxic: name, ...request, action}]);
    const {faults, upstreamBytes} = await scene.witness();
    const count = action === null ? 0 : 1;
    t.like(faults[name], {decisions: 1, applied: 1, connectionsHit: count, actions: count});
    if (!reachesUpstream) t.is(upstreamBytes, 0);
  },
});

for (const mode of modes) test(onTheWire, mode);

/** Of a client: longer than a machine pauses. */
const limitMs = 1500;

/** What a client with that limit makes of it. */
const outcomes: Readonly<Record<Ending, {readonly node: RegExp; readonly undici: RegExp}>> = {
  open: {node: /timeout/, undici: /UND_ERR_(HEADERS|BODY)_TIMEOUT/},
  FIN: {node: /ECONNRESET/, undici: /UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH/},
  RST: {node: /ECONNRESET/, undici: /UND_ERR_SOCKET|ECONNRESET/},
};

const byClients = test.macro({
  title: (_title, {name}: Mode) => `${name} by node:http and undici`,
  async exec(t, {name, attributes, gets, ending, reachesUpstream, action}: Mode) {
    const scene = await HttpScene.open(injector.url);
    t.teardown(() => scene.close());
    await scene.add({type: 'http_fault', name, attributes});
    const pool = new Pool(scene.origin, {connections: 1, headersTimeout: limitMs, bodyTimeout: limitMs});
    t.teardown(() => pool.destroy());
    const expected = outcomes[ending];
    const [byNode, byUndici] = await Promise.all([
      nodeUpload(scene.origin, body, limitMs),
      undiciUpload(pool),
    ]);
    if (action === null || action === 'response-finish') {
      t.deepEqual([byNode, byUndici], [String(gets), String(gets)]);
    } else {
      t.regex(byNode, expected.node);
      t.regex(byUndici, expected.undici);
    }
    await pool.destroy();
    await scene.untilOpen(0);
    const whole = {method: 'POST', path: '/', bodyBytes, isWhole: true};
    t.deepEqual(scene.ledger, reachesUpstream ? [whole, whole] : []);
  },
});

/** The bytes of the body that came, or the error's code. */
async function undiciUpload(pool: Dispatcher): Promise<string> {
  try {
    const response = await pool.request({method: 'POST', path: '/', body});
    return String((await response.body.text()).length);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

for (const mode of modes.slice(0, 14)) test(byClients, mode);
