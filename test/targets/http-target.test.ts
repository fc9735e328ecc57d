// The embedded HTTP target over real sockets.
import {once} from 'node:events';
import {type ClientRequest, request} from 'node:http';
import {get} from 'node:https';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {type HttpTarget, startHttpTarget} from '../../src/targets/http-target.ts';

/** What the target tells its ledger, in the order in which it does. */
class Notes {
  readonly lines: string[] = [];
  readonly answeredIds: string[] = [];
  #changed: () => void = () => {};

  attempt(id: string): void {
    this.#note(`attempt ${id}`);
  }

  effect(id: string): void {
    this.#note(`effect ${id}`);
  }

  answered(id: string): void {
    this.answeredIds.push(id);
    this.#changed();
  }

  async has(count: number): Promise<void> {
    while (this.lines.length < count) await this.change();
  }

  change(): Promise<void> {
    return new Promise(resolve => {
      this.#changed = resolve;
    });
  }

  #note(line: string): void {
    this.lines.push(line);
    this.#changed();
  }
}

type Started = {readonly target: HttpTarget; readonly notes: Notes};

const start = async (t: ExecutionContext, thinkTimeMs = 0): Promise<Started> => {
  const notes = new Notes();
  const target = await startHttpTarget({thinkTimeMs, tls: false, ledger: notes});
  t.teardown(() => target.stop());
  return {target, notes};
};

const call = async (
  {target}: Started,
  path: string,
  options: {method?: string; headers?: Record<string, string>; body?: string} = {},
): Promise<{status: number; body: string}> => {
  const sent = request(`${target.url}${path}`, {...options, agent: false});
  sent.end(options.body);
  const [response] = await once(sent, 'response');
  return {status: response.statusCode, body: await text(response)};
};

const hasId = test.macro({
  title: (_title, path: string, id: string) => `the id in ${path} is "${id}"`,
  async exec(t, path: string, id: string) {
    const started = await start(t);
    const {status, body} = await call(started, path);
    t.is(status, 200);
    t.deepEqual(JSON.parse(body), {id, method: 'GET', bodyBytes: 0});
    t.deepEqual(started.notes.lines, [`attempt ${id}`]);
  },
});

test(hasId, '/echo/trial-1', 'trial-1');
test(hasId, '/trial-1', 'trial-1');
test(hasId, '/a/b/trial-1?retry=2/3', 'trial-1');
test(hasId, '/echo/trial%2D1', 'trial-1');
test(hasId, '/echo/%zz', '%zz');
test(hasId, '/', '');

test('the header names the operation where the path does not', async t => {
  const started = await start(t);
  const {body} = await call(started, '/orders', {headers: {'x-operation-id': 'trial-2'}});
  t.is(JSON.parse(body).id, 'trial-2');
  t.deepEqual(started.notes.lines, ['attempt trial-2']);
});

const acts = test.macro({
  title: (_title, method: string, effects: number) => `${method} has ${effects === 0 ? 'no' : 'an'} effect`,
  async exec(t, method: string, effects: number) {
    const started = await start(t);
    const {status} = await call(started, '/echo/trial-3', {method});
    t.is(status, 200);
    t.deepEqual(started.notes.lines, ['attempt trial-3', 'effect trial-3'].slice(0, 1 + effects));
  },
});

test(acts, 'GET', 0);
test(acts, 'HEAD', 0);
for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) test(acts, method, 1);

/** A POST of which only the first part of the body is sent. */
const half = async ({target, notes}: Started): Promise<ClientRequest> => {
  const sent = request(`${target.url}/echo/trial-4`, {
    method: 'POST',
    agent: false,
    headers: {'content-length': '10'},
  });
  sent.on('error', () => {});
  sent.write('first');
  await notes.has(1);
  return sent;
};

test('the effect comes when the whole body has arrived, and before the answer', async t => {
  const started = await start(t);
  const sent = await half(started);
  t.deepEqual(started.notes.lines, ['attempt trial-4']);
  sent.end('other');
  const [response] = await once(sent, 'response');
  t.deepEqual(started.notes.lines, ['attempt trial-4', 'effect trial-4']);
  t.is(JSON.parse(await text(response)).bodyBytes, 10);
});

test('a client that gives up in the middle of its body has no effect', async t => {
  const started = await start(t);
  const sent = await half(started);
  const closed = new Promise(resolve => sent.once('close', resolve));
  sent.destroy();
  await closed;
  // A whole exchange later, the target has surely seen the end of that connection.
  await call(started, '/echo/trial-5', {method: 'POST', body: 'x'});
  t.deepEqual(started.notes.lines, ['attempt trial-4', 'attempt trial-5', 'effect trial-5']);
});

test('with a time to think the effect comes after it, also for a client that has gone', async t => {
  const started = await start(t, 50);
  const startMs = performance.now();
  const sent = request(`${started.target.url}/echo/trial-6`, {method: 'POST', agent: false});
  sent.on('error', () => {});
  sent.end('x');
  await started.notes.has(1);
  sent.destroy();
  await started.notes.has(2);
  t.deepEqual(started.notes.lines, ['attempt trial-6', 'effect trial-6']);
  t.true(performance.now() - startMs >= 49);
});

test('it tells when it is done, answered or given up', async t => {
  const started = await start(t);
  const sent = await half(started);
  await call(started, '/echo/trial-8');
  sent.destroy();
  while (started.notes.answeredIds.length < 2) await started.notes.change();
  t.deepEqual(started.notes.answeredIds, ['trial-8', 'trial-4']);
});

test('it stops with connections open', async t => {
  const notes = new Notes();
  const target = await startHttpTarget({thinkTimeMs: 60_000, tls: false, ledger: notes});
  const sent = request(`${target.url}/echo/trial-7`);
  sent.end();
  await once(sent, 'finish');
  const failed = once(sent, 'error');
  await target.stop();
  await failed;
  // Whoever has the port by now: it is not the target that is asked.
  await fetch(`${target.url}/echo/trial-10`, {signal: AbortSignal.timeout(5000)}).catch(() => undefined);
  t.false(notes.lines.includes('attempt trial-10'));
});

test('with TLS it speaks HTTPS, by a certificate of an authority that it tells', async t => {
  const notes = new Notes();
  const target = await startHttpTarget({thinkTimeMs: 0, tls: true, ledger: notes});
  t.teardown(() => target.stop());
  t.regex(target.url, /^https:/);
  const ask = (ca: string[]) => once(get(`${target.url}/echo/trial-9`, {ca, agent: false}), 'response');
  await t.throwsAsync(ask([]), {code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'});
  const [response] = await ask([target.authority!]);
  t.is(JSON.parse(await text(response)).id, 'trial-9');
  t.deepEqual(notes.lines, ['attempt trial-9']);
});
