// HTTP faults by request on connections of HTTP/2, as node:http2 sees them.
import {once} from 'node:events';
import {constants} from 'node:http2';
import test from 'ava';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import {type Asked, body, Http2Scene, type Seen} from '../../../helpers/http2-scene.ts';
import type {Toxic} from '../../../helpers/proxy-scene.ts';
import {until} from '../../../helpers/run-until.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

const {NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM} = constants;

const upload = 'y'.repeat(40_000);
const wholeUpload = 'POST /things/op-1 40000';
const wholeGet = 'GET /things/op-1 0';

type Row = {
  readonly toxic: Pick<Toxic, 'type' | 'attributes'>;
  readonly asked?: Asked;
  readonly sees: Partial<Seen>;
  /** What the target got of it. */
  readonly ledger: readonly string[];
  readonly action: string;
  readonly bodyBytes?: number | null;
  /** Node gives up its connection with it. */
  readonly endsSession?: boolean;
};

const fault = (attributes: NonNullable<Toxic['attributes']>): Row['toxic'] => ({
  type: 'http_fault',
  attributes,
});
const reset = (attributes: NonNullable<Toxic['attributes']>): Row['toxic'] => ({
  type: 'http2_reset_stream',
  attributes,
});
const soon: Asked = {withinMs: 300};

const rows: Readonly<Record<string, Row>> = {
  'a status': {
    toxic: {type: 'http_status', attributes: {status: 429, retry_after: '7', body: 'later'}},
    sees: {status: 429, bytes: 5, end: 'whole'},
    ledger: [],
    action: 'status-429',
  },
  'a status after an upload': {
    toxic: {type: 'http_status', attributes: {status: 503}},
    asked: {body: upload},
    sees: {status: 503, bytes: 0, end: 'whole'},
    ledger: [],
    action: 'status-503',
  },
  'no response, hang': {
    toxic: fault({action: 'hang'}),
    asked: soon,
    sees: {status: null, end: 'hangs'},
    ledger: [wholeGet],
    action: 'response-hang',
    bodyBytes: 0,
  },
  'no response, close': {
    toxic: fault({action: 'close'}),
    sees: {status: null, end: NGHTTP2_CANCEL},
    ledger: [wholeGet],
    action: 'response-close',
    bodyBytes: 0,
  },
  'no response to an upload, abort': {
    toxic: fault({action: 'abort'}),
    asked: {body: upload},
    sees: {status: null, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [wholeUpload],
    action: 'response-abort',
    bodyBytes: 0,
  },
  'half a response, close': {
    toxic: fault({action: 'close', cut_ratio: 0.5}),
    sees: {status: 200, bytes: 500, end: NGHTTP2_CANCEL},
    ledger: [wholeGet],
    action: 'response-close',
    bodyBytes: 500,
  },
  'half a response, abort': {
    toxic: fault({action: 'abort', cut_ratio: 0.5}),
    sees: {status: 200, bytes: 500, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [wholeGet],
    action: 'response-abort',
    bodyBytes: 500,
  },
  '100 bytes of a response, hang': {
    toxic: fault({action: 'hang', cut_bytes: 100}),
    asked: soon,
    sees: {status: 200, bytes: 100, end: 'hangs'},
    ledger: [wholeGet],
    action: 'response-hang',
    bodyBytes: 100,
  },
  'a shorter response that looks whole': {
    toxic: fault({action: 'finish', cut_bytes: 100}),
    sees: {status: 200, bytes: 100, end: 'whole'},
    ledger: [wholeGet],
    action: 'response-finish',
    bodyBytes: 100,
  },
  'a request that is not read, abort': {
    toxic: fault({stage: 'request', action: 'abort'}),
    asked: {body: upload},
    sees: {status: null, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [],
    action: 'request-abort',
    bodyBytes: 0,
  },
  'half a request, close': {
    toxic: fault({stage: 'request', action: 'close', cut_bytes: 20_000}),
    asked: {body: upload},
    sees: {status: null, end: NGHTTP2_CANCEL},
    ledger: [],
    action: 'request-close',
    bodyBytes: 20_000,
  },
  'a request that hangs': {
    toxic: fault({stage: 'request', action: 'hang', cut_ratio: 1}),
    asked: {body: upload, ...soon},
    sees: {status: null, end: 'hangs'},
    ledger: [],
    action: 'request-hang',
    bodyBytes: 40_000,
  },
  'a slow body': {
    toxic: {type: 'http_slow_body', attributes: {bytes_per_second: 10_000}},
    sees: {status: 200, bytes: 1000, end: 'whole'},
    ledger: [wholeGet],
    action: 'slow-body',
  },
  'a length that is too small': {
    toxic: {type: 'http_content_length', attributes: {difference: -10}},
    sees: {status: 200, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [wholeGet],
    action: 'content-length',
    bodyBytes: 1000,
    endsSession: true,
  },
  'a length that is too large': {
    toxic: {type: 'http_content_length', attributes: {difference: 10}},
    asked: soon,
    sees: {status: 200, bytes: 1000, end: 'hangs'},
    ledger: [wholeGet],
    action: 'content-length',
    bodyBytes: 1000,
  },
  'a stream that is refused': {
    toxic: reset({stage: 'request', error_code: 'REFUSED_STREAM'}),
    sees: {status: null, end: NGHTTP2_REFUSED_STREAM},
    ledger: [],
    action: 'request-REFUSED_STREAM',
    bodyBytes: 0,
  },
  'a stream that is reset before its response': {
    toxic: reset({error_code: 'CANCEL'}),
    sees: {status: null, end: NGHTTP2_CANCEL},
    ledger: [wholeGet],
    action: 'response-CANCEL',
    bodyBytes: 0,
  },
  'a stream that is reset within its response': {
    toxic: reset({cut_ratio: 0.5}),
    sees: {status: 200, bytes: 500, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [wholeGet],
    action: 'response-INTERNAL_ERROR',
    bodyBytes: 500,
  },
  'a stream that is reset after the body of its response': {
    toxic: reset({cut_ratio: 1}),
    sees: {status: 200, bytes: 1000, trailers: null, end: NGHTTP2_INTERNAL_ERROR},
    ledger: [wholeGet],
    action: 'response-INTERNAL_ERROR',
    bodyBytes: 1000,
  },
  'trailers that do not come': {
    toxic: {type: 'http2_trailers', attributes: {action: 'finish'}},
    sees: {status: 200, bytes: 1000, trailers: null, end: 'whole'},
    ledger: [wholeGet],
    action: 'trailers-finish',
  },
  'trailers that never come': {
    toxic: {type: 'http2_trailers', attributes: {action: 'hang'}},
    asked: soon,
    sees: {status: 200, bytes: 1000, trailers: null, end: 'hangs'},
    ledger: [wholeGet],
    action: 'trailers-hang',
  },
};

for (const [title, row] of Object.entries(rows)) {
  const {toxic, asked = {}, sees, ledger, action, bodyBytes = null, endsSession = false} = row;
  test(`${title}, on a live connection${endsSession ? '' : ' that goes on'}`, async t => {
    const scene = await Http2Scene.open(t, injector.url);
    t.like(await scene.ask({path: '/calm'}), {status: 200, bytes: body.length, end: 'whole'});
    scene.ledger.length = 0;
    await scene.add({...toxic, name: 'f'});
    t.like(await scene.ask({...asked, headers: {'x-operation-id': 'op-7'}}), sees);
    t.deepEqual(scene.ledger, ledger);
    const [hit] = await scene.hits();
    const method = asked.body === undefined ? 'GET' : 'POST';
    t.like(hit, {
      toxic: 'f',
      connection: 1,
      request: 2,
      stream: 3,
      method,
      path: '/things/op-1',
      operationId: 'op-7',
      action,
      bodyBytes,
    });
    await scene.remove('f');
    const after = await scene.ask({path: '/after', body: upload, headers: {'x-echo': 'e'}});
    t.like(after, {status: 200, bytes: body.length, end: 'whole'});
    t.is(after.headers['x-echo'], 'e');
    t.is(after.trailers?.['x-checksum'], 'right');
    const openedConnections = endsSession ? 2 : 1;
    t.like(await scene.witness(), {openedConnections, failedConnections: 0, lastFailure: null});
  });
}

test('method, path, nth and the hit limit choose among the streams of all connections', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  const attributes = {status: 501, method: 'post', path: '/x/*'};
  await scene.add({type: 'http_status', name: 'f', attributes, nth: 2, hit_limit: 1});
  const statuses: (number | null)[] = [];
  for (const path of ['/x/1', '/y/1', '/x/2', '/x/3', '/x/4'])
    statuses.push((await scene.ask({path, body: 'b'})).status);
  t.deepEqual(statuses, [200, 200, 501, 200, 200]);
  t.like((await scene.witness()).faults['f'], {decisions: 1, applied: 1, actions: 1});
});

test('a stream in the middle of others does not disturb them', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.add({type: 'http_fault', name: 'f', attributes: {action: 'abort', cut_ratio: 0.5}, nth: 3});
  const seen = await Promise.all(
    Array.from({length: 60}, (_, index) => scene.ask({path: `/things/${index}`, body: 'z'.repeat(3000)})),
  );
  t.is(seen.filter(({end}) => end === 'whole').length, 40);
  t.is(seen.filter(({end}) => end === NGHTTP2_INTERNAL_ERROR).length, 20);
  t.like(await scene.witness(), {openedConnections: 1, failedConnections: 0});
});

test('a body of our own that is larger than the windows comes whole, beside others', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  const large = 'b'.repeat(300_000);
  await scene.add({type: 'http_status', name: 'f', attributes: {status: 500, body: large, path: '/large'}});
  const paths = Array.from({length: 30}, (_, index) => (index % 3 === 0 ? '/large' : `/things/${index}`));
  const seen = await Promise.all(paths.map(path => scene.ask({path})));
  t.deepEqual(
    seen.map(({bytes, end}) => `${bytes} ${end}`),
    paths.map(path => `${path === '/large' ? large.length : body.length} whole`),
  );
  await scene.remove('f');
  // The windows are what they were: more than they hold passes.
  for (let count = 0; count < 100; count++) t.is((await scene.ask()).bytes, body.length);
});

test('a large response that is cut short does not wait for windows, and other streams keep theirs', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  const large = {'x-size': '1000000'};
  await scene.add({
    type: 'http_fault',
    name: 'f',
    attributes: {action: 'finish', cut_bytes: 10, path: '/cut'},
  });
  for (let count = 0; count < 3; count++) {
    t.like(await scene.ask({path: '/cut', headers: large}), {bytes: 10, end: 'whole'});
    t.like(await scene.ask({headers: large}), {bytes: 1_000_000, end: 'whole'});
  }
  await scene.remove('f');
  await scene.add({type: 'http_fault', name: 'g', attributes: {action: 'hang', cut_bytes: 10, path: '/cut'}});
  const hanging = Array.from({length: 5}, () => scene.ask({path: '/cut', headers: large, withinMs: 1000}));
  t.like(await scene.ask({headers: large}), {bytes: 1_000_000, end: 'whole'});
  for (const seen of await Promise.all(hanging)) t.like(seen, {bytes: 10, end: 'hangs'});
});

test('what hangs is ended when the fault is removed', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.add({type: 'http_fault', name: 'f', attributes: {action: 'hang'}});
  const asked = scene.ask();
  await until(async () => (await scene.hits()).length === 1, 10_000, 'a hit');
  await scene.remove('f');
  t.like(await asked, {status: null, end: NGHTTP2_CANCEL});
});

test('a slow body does not slow down the streams beside it', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  const attributes = {bytes_per_second: 10, path: '/slow'};
  await scene.add({type: 'http_slow_body', name: 'f', attributes});
  const slow = scene.ask({path: '/slow', withinMs: 60_000});
  for (let count = 0; count < 200; count++) t.is((await scene.ask()).bytes, body.length);
  await scene.remove('f');
  t.like(await slow, {bytes: body.length, end: 'whole'});
});

for (const announce of [true, false]) {
  test(`the connection ends after a response, ${announce ? 'by GOAWAY' : 'without a word'}`, async t => {
    const scene = await Http2Scene.open(t, injector.url);
    await scene.add({type: 'http_drop_keep_alive', name: 'f', attributes: {announce}});
    const {session} = scene;
    let goAways = 0;
    session.on('goaway', code => {
      t.is(code, 0);
      goAways++;
    });
    t.like(await scene.ask(), {status: 200, bytes: body.length, end: 'whole'});
    if (!session.destroyed) await once(session, 'close');
    t.is(goAways, announce ? 1 : 0);
    t.like(await scene.ask(), {status: 200, bytes: body.length});
    t.like(await scene.witness(), {openedConnections: 2});
  });
}

type GoAwayRow = {
  readonly attributes: NonNullable<Toxic['attributes']>;
  readonly sees: Partial<Seen>;
  readonly code: number;
  readonly last: number;
  readonly ledger: readonly string[];
};

const goAways: Readonly<Record<string, GoAwayRow>> = {
  'GOAWAY that lets the request be served': {
    attributes: {},
    sees: {status: 200, bytes: 1000, end: 'whole'},
    code: 0,
    last: 3,
    ledger: [wholeGet],
  },
  'GOAWAY that leaves the request out': {
    attributes: {served: false},
    sees: {status: null, bytes: 0},
    code: 0,
    last: 1,
    ledger: [],
  },
  'GOAWAY with ENHANCE_YOUR_CALM': {
    attributes: {error_code: 'ENHANCE_YOUR_CALM', text: 'too_many_pings'},
    sees: {status: null, bytes: 0},
    code: 11,
    last: 3,
    ledger: [],
  },
};

for (const [title, {attributes, sees, code, last, ledger}] of Object.entries(goAways)) {
  test(title, async t => {
    const scene = await Http2Scene.open(t, injector.url);
    await scene.ask({path: '/calm'});
    scene.ledger.length = 0;
    await scene.add({type: 'http2_goaway', name: 'f', attributes, hit_limit: 1});
    const said = once(scene.session, 'goaway');
    t.like(await scene.ask(), sees);
    const [foundCode, foundLast, text] = await said;
    t.deepEqual([foundCode, foundLast], [code, last]);
    t.is(String(text ?? ''), String(attributes['text'] ?? ''));
    t.deepEqual(scene.ledger, ledger);
    await until(async () => (await scene.witness()).openConnections === 0, 10_000, 'the end');
    t.like(await scene.ask(), {status: 200, end: 'whole'});
    t.like((await scene.hits())[0], {stream: 3, action: `goaway-${attributes['error_code'] ?? 'NO_ERROR'}`});
  });
}

test('an early status comes while the upload is still open, and the session goes on', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.add({type: 'http_status', name: 'f', attributes: {status: 413, early: true, method: 'POST'}});
  const stream = scene.session.request({':method': 'POST', ':path': '/large'});
  stream.write(upload);
  const [headers] = await once(stream, 'response');
  t.is(headers[':status'], 413);
  stream.resume();
  stream.end();
  await once(stream, 'close');
  t.like(await scene.ask(), {status: 200, end: 'whole'});
  t.deepEqual(scene.ledger, [wholeGet]);
});

test('a lower limit of streams reaches a live connection, and is lifted', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.ask();
  const {session} = scene;
  const before = session.remoteSettings.maxConcurrentStreams;
  await scene.add({type: 'http2_streams', name: 'f', attributes: {streams: 2}});
  await until(async () => session.remoteSettings.maxConcurrentStreams === 2, 10_000, 'the limit');
  const seen = await Promise.all(Array.from({length: 20}, () => scene.ask()));
  t.true(seen.every(({end}) => end === 'whole'));
  t.like((await scene.witness()).faults['f'], {connectionsHit: 1, actions: 1});
  await scene.remove('f');
  await until(async () => session.remoteSettings.maxConcurrentStreams === before, 10_000, 'the old limit');
});

test('windows are never opened while the fault is on', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.ask({path: '/calm'});
  const {session} = scene;
  await scene.add({type: 'http2_windows', name: 'f'});
  await until(async () => session.remoteSettings.initialWindowSize === 0, 10_000, 'the window');
  t.like(await scene.ask({body: upload, ...soon}), {status: null, end: 'hangs'});
  const waits = scene.ask({path: '/waits', body: upload.repeat(5)});
  t.like(await scene.ask(), {status: 200, end: 'whole'});
  await scene.remove('f');
  t.like(await waits, {status: 200, end: 'whole'});
  t.deepEqual(scene.ledger, ['GET /calm 0', wholeGet, `POST /waits ${5 * upload.length}`]);
  t.deepEqual(
    (await scene.hits()).map(({action, stream}) => `${action} ${stream}`),
    ['window-closed 3', 'window-closed 5'],
  );
});

test('PINGs go unanswered while the fault is on', async t => {
  const scene = await Http2Scene.open(t, injector.url);
  await scene.ask();
  await scene.add({type: 'http2_pings', name: 'f'});
  let answers = 0;
  const ping = () => scene.session.ping(() => answers++);
  ping();
  await until(async () => ((await scene.witness()).faults['f']?.actions ?? 0) === 1, 10_000, 'a PING');
  await scene.ask();
  t.is(answers, 0);
  await scene.remove('f');
  ping();
  await until(async () => answers === 1, 10_000, 'an answer');
});

const refused: readonly (readonly [toxic: Toxic, because: RegExp])[] = [
  [{type: 'http2_goaway', attributes: {error_code: 'CALM'}}, /error_code must be one of NO_ERROR/],
  [{type: 'http2_reset_stream', attributes: {stage: 'both'}}, /stage must be request or response/],
  [{type: 'http2_reset_stream', attributes: {cut_ratio: 2}}, /cut_ratio must be at most 1/],
  [{type: 'http2_reset_stream', attributes: {cut_ratio: 0.5, cut_bytes: 1}}, /not both/],
  [{type: 'http2_streams', attributes: {streams: -1}}, /streams must be from 0/],
  [{type: 'http2_trailers', attributes: {action: 'drop'}}, /action must be one of hang/],
  [{type: 'grpc_status', attributes: {status: 'BUSY'}}, /status must be one of OK/],
  [{type: 'grpc_status', attributes: {pushback: 'soon'}}, /pushback must be a number of milliseconds/],
];

for (const [toxic, because] of refused) {
  test(`refused: ${toxic.type} ${JSON.stringify(toxic.attributes)}`, async t => {
    const scene = await Http2Scene.open(t, injector.url);
    const error = await t.throwsAsync(scene.add(toxic));
    t.regex(String(error?.message), because);
  });
}
