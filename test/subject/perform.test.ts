import test from 'ava';
import type {Settlement} from '../../src/load/settlement.ts';
import {ApplicationError} from '../../src/model/application-error.ts';
import type {Answer, PerformContext} from '../../src/model/scenario-functions.ts';
import type {SubjectInput} from '../../src/scenarios/define-scenario.ts';
import {OpenFailed} from '../../src/subject/coming-clients.ts';
import {operationId, performer} from '../../src/subject/perform.ts';
import {hostileErrors} from '../fixtures/hostile-errors.ts';

type Subject = SubjectInput<unknown, unknown>;

/** The signal's own timer keeps no process alive. */
const aborted = async (signal: AbortSignal): Promise<void> => {
  const alive = setInterval(() => {}, 1000);
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
  clearInterval(alive);
};

const perform = (
  subject: Partial<Subject>,
  deadlineAtMs = 1000,
  now = () => 0,
  sentNothingSince: (sinceMs: number) => boolean = () => true,
) =>
  performer({
    subject: {open: () => null, perform: () => undefined, ...subject},
    client: 'client',
    idOf: index => operationId('defaults-1', index),
    tracePrefix: '0123456789abcdef',
    now,
    deadlineMs: 1000,
    sentNothingSince,
  })(7, deadlineAtMs);

const isSettled = test.macro({
  title: (_title, what: string, status: string) => `${what}: ${status}`,
  async exec(t, _what: string, status: Settlement['status'], answer: () => unknown) {
    const settlement = await perform({perform: answer as Subject['perform']});
    t.is(settlement.status, status);
  },
});

const thrower = (): never => {
  throw new Error('boom');
};

test(isSettled, 'no answer', 'ok', () => undefined);
test(isSettled, 'null', 'ok', () => null);
test(isSettled, 'an answer without an id', 'ok', async () => ({}));
test(isSettled, 'its own id', 'ok', async () => ({echoedId: 'defaults-1-7'}));
test(isSettled, "another one's id", 'wrong', async () => ({echoedId: 'defaults-1-8'}));
test(isSettled, 'an id that is null', 'wrong', async () => ({echoedId: null}));
test(isSettled, 'an id that is no text', 'wrong', async () => ({echoedId: 7}));
test(isSettled, 'an id that cannot be told', 'wrong', async () => ({echoedId: Object.create(null)}));
test(isSettled, 'an error within a good answer', 'failed', async () => ({
  echoedId: 'defaults-1-7',
  applicationError: {message: 'not found', code: 'NOT_FOUND'},
}));
test(isSettled, 'an error of the application, thrown', 'failed', async () => {
  throw new ApplicationError('not found');
});
test(isSettled, 'a client that could not be opened', 'failed', async () => {
  throw new OpenFailed(new Error('nobody there'));
});
test(isSettled, 'an error thrown at once', 'unknown', thrower);
test(isSettled, 'a rejection', 'unknown', async () => thrower());
test(isSettled, 'a rejection with nothing', 'unknown', () => Promise.reject());
test(isSettled, 'an answer that throws when looked at', 'unknown', () => ({
  get echoedId() {
    return thrower();
  },
}));

for (const [name, make] of Object.entries(hostileErrors)) {
  test(isSettled, `thrown, ${name}`, 'unknown', () => {
    throw make();
  });
  test(isSettled, `rejected with, ${name}`, 'unknown', () => Promise.reject(make()));
}
test(isSettled, 'something that claims to have every mark', 'unknown', () => {
  throw new Proxy({}, {has: () => true});
});

test('what an answer says of itself is told', async t => {
  const told = async (answer: Answer): Promise<Settlement> => perform({perform: () => answer});
  t.deepEqual(await told({intact: true}), {status: 'ok', intact: true});
  t.deepEqual(await told({echoedId: 'defaults-1-7', intact: false}), {
    status: 'ok',
    echoed: true,
    intact: false,
  });
  t.deepEqual(await told({empty: true}), {status: 'ok', empty: true});
});

const isClassified = test.macro({
  title: (_title, what: string, status: string) => `classified as ${what}: ${status}`,
  async exec(t, _what: string, status: Settlement['status'], classify: (error: unknown) => unknown) {
    const settlement = await perform({
      perform: thrower,
      classify: classify as NonNullable<Subject['classify']>,
    });
    t.is(settlement.status, status);
    t.like(settlement, {error: {message: 'boom'}});
  },
});

for (const status of ['failed', 'unknown', 'rejected'] as const)
  test(isClassified, status, status, () => status);
test(isClassified, 'nothing', 'unknown', () => undefined);
test(isClassified, 'another word', 'unknown', () => 'fatal');
test(isClassified, 'a success', 'unknown', () => 'ok');
test(isClassified, 'a promise', 'unknown', async () => 'failed');
test(isClassified, 'an error', 'unknown', thrower);

const couldNotConnect: {readonly [what: string]: () => unknown} = {
  'a refused connection': () => Object.assign(new Error('no'), {code: 'ECONNREFUSED', syscall: 'connect'}),
  'a cause that could not connect': () =>
    new TypeError('fetch failed', {cause: Object.assign(new Error('no'), {code: 'UND_ERR_CONNECT_TIMEOUT'})}),
  'several addresses, all refused': () =>
    new AggregateError([1, 2].map(() => Object.assign(new Error('no'), {code: 'ECONNREFUSED'}))),
};

for (const [what, make] of Object.entries(couldNotConnect)) {
  const thrown = {
    perform: () => {
      throw make();
    },
  };
  test(`${what}, and no connection since the start: it certainly did not happen`, async t => {
    const since: number[] = [];
    const settlement = await perform(thrown, 1700, undefined, sinceMs => since.push(sinceMs) > 0);
    t.is(settlement.status, 'failed');
    t.deepEqual(since, [700], 'since the operation should have started');
  });
  test(`${what}, after a connection that may have carried an earlier try: unknown`, async t => {
    t.is((await perform(thrown, 1000, undefined, () => false)).status, 'unknown');
  });
  test(`${what}: the scenario’s own word goes first`, async t => {
    t.is((await perform({...thrown, classify: () => 'unknown'})).status, 'unknown');
  });
}

for (const [what, make] of Object.entries({
  'a reset connection': () => Object.assign(new Error('no'), {code: 'ECONNRESET', syscall: 'read'}),
  'several errors, one of another kind': () =>
    new AggregateError([Object.assign(new Error('no'), {code: 'ECONNREFUSED'}), new Error('other')]),
  'an error that causes itself': () => {
    const error = new Error('round');
    error.cause = error;
    return error;
  },
})) {
  test(isSettled, what, 'unknown', () => {
    throw make();
  });
}

test('another answer is told with both ids', async t => {
  const settlement = await perform({perform: () => ({echoedId: 'defaults-1-8'})});
  t.like(settlement, {error: {message: 'asked as defaults-1-7, answered as defaults-1-8'}});
});

test('perform gets the client, the id, and the same signal each time', async t => {
  t.plan(3);
  await perform({
    perform(client: unknown, context: PerformContext): Answer {
      t.is(client, 'client');
      t.is(context.id, 'defaults-1-7');
      t.is(context.signal, context.signal);
      return {};
    },
  });
});

test('the signal aborts at the deadline', async t => {
  const startMs = performance.now();
  const now = (): number => performance.now() - startMs;
  await perform(
    {
      async perform(_client: unknown, {signal}: PerformContext) {
        await aborted(signal);
        t.true(now() >= 29);
        t.is((signal.reason as Error).name, 'TimeoutError');
        return undefined;
      },
    },
    30,
    now,
  );
});

test('the signal of an operation that starts after its deadline aborts', async t => {
  await perform(
    {
      async perform(_client: unknown, {signal}: PerformContext) {
        await aborted(signal);
        t.true(signal.aborted);
        return undefined;
      },
    },
    -5000,
  );
});
