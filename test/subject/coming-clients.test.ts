// Clients that come and go, against a library of its own: what becomes of open(), close() and the operations between.
import test from 'ava';
import type {ClientFigures, ClientWitness} from '../../src/model/client-witness.ts';
import type {PerformContext} from '../../src/model/scenario-functions.ts';
import {ComingClients, type ComingClientsOptions, OpenFailed} from '../../src/subject/coming-clients.ts';

const operation: PerformContext = {id: 'a-1-0', signal: new AbortController().signal};

type Client = {readonly number: number; isClosed: boolean};

type Library = {
  readonly clients: Client[];
  readonly used: number[];
  readonly coming: ComingClients;
  readonly perform: () => Promise<unknown>;
  readonly collect: () => Omit<ClientWitness, 'phases'> & {readonly figures: Partial<ClientFigures>};
};

type Behaviour = {
  readonly coming?: ComingClientsOptions['coming'];
  readonly open?: (number: number) => Promise<void>;
  readonly perform?: (number: number) => Promise<void>;
  readonly close?: (number: number) => Promise<void> | void;
  /** The time; each call takes none. */
  readonly now?: () => number;
  readonly phase?: () => number | null;
};

/** The first client, number 0, is open. */
const library = ({
  coming: how = 'per-operation',
  open = async () => {},
  perform = async () => {},
  close = () => {},
  now = () => 0,
  phase = () => 1,
}: Behaviour = {}): Library => {
  const clients: Client[] = [];
  const used: number[] = [];
  const made = (): Client => {
    const client = {number: clients.length, isClosed: false};
    clients.push(client);
    return client;
  };
  const coming = new ComingClients(
    {
      coming: how,
      subject: {
        async perform(client) {
          const {number} = client as Client;
          used.push(number);
          await perform(number);
          return undefined;
        },
        async close(client) {
          const own = client as Client;
          await close(own.number);
          own.isClosed = true;
        },
      },
      async open() {
        const client = made();
        await open(client.number);
        return client;
      },
      now,
      phase,
      slowAfterMs: 500,
      sliceMs: 250,
    },
    made(),
  );
  const driven = coming.driven();
  return {
    clients,
    used,
    coming,
    perform: async () => driven.perform(null, operation),
    collect() {
      const event = coming.collect().find(({kind}) => kind === 'clients');
      const {phases = [], slowCloses = [], lives = []} = event?.kind === 'clients' ? event : {};
      return {figures: phases.find(({phase}) => phase === 1) ?? {}, slowCloses, lives};
    },
  };
};

const never = new Promise<void>(() => {});

/** Until all that is under way without a timer has been done. */
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('each operation has a client of its own, the first that was open already, which is closed after it', async t => {
  const {clients, used, perform, collect} = library();
  await Promise.all([perform(), perform(), perform()]);
  await settle();
  t.deepEqual(used.toSorted(), [0, 1, 2]);
  t.true(clients.every(({isClosed}) => isClosed));
  t.like(collect().figures, {opens: 2, opened: 2, closes: 3, closed: 3, inFlightAtClose: 0});
});

test('a client is closed after an operation that failed, too', async t => {
  const error = new Error('no');
  const {clients, perform} = library({
    async perform() {
      throw error;
    },
  });
  t.is(await t.throwsAsync(perform()), error);
  await settle();
  t.true(clients[0]!.isClosed);
});

test('an operation whose client cannot be opened fails by that name, and the next one has another', async t => {
  const cause = Object.assign(new Error('nobody there'), {code: 'ECONNREFUSED'});
  const {used, perform, collect} = library({
    async open(number) {
      if (number === 1) throw cause;
    },
  });
  await perform();
  const error = await t.throwsAsync(perform(), {instanceOf: OpenFailed});
  t.like(error, {name: 'OpenFailed', code: 'ECONNREFUSED', message: 'open() failed: nobody there', cause});
  await perform();
  await settle();
  t.deepEqual(used, [0, 2]);
  t.like(collect().figures, {opens: 2, opened: 1, openFailed: 1, closes: 2, closed: 2});
});

test('one that is never open is counted, and does not keep the others from their end', async t => {
  const {clients, coming, perform, collect} = library({open: number => (number === 1 ? never : settle())});
  await perform();
  void perform();
  const last = perform();
  await coming.closeAll();
  await last;
  await settle();
  t.deepEqual(
    clients.map(({isClosed}) => isClosed),
    [true, false, true],
  );
  t.like(collect().figures, {opens: 2, opened: 1, openFailed: 0});
});

test('a close() that throws is counted; only one that the end called is its failure', async t => {
  const {coming, perform, collect} = library({
    perform: number => (number === 2 ? never : settle()),
    async close(number) {
      throw new Error(`client ${number}`);
    },
  });
  await perform();
  await perform();
  await settle();
  t.like(collect().figures, {closes: 2, closed: 0, closeFailed: 2});
  void perform();
  await settle();
  await t.throwsAsync(coming.closeAll(), {message: 'client 2'});
});

test('a close() that takes too long is reported while it does, and when it has returned', async t => {
  let nowMs = 0;
  const closing = Promise.withResolvers<void>();
  const {perform, collect} = library({close: () => closing.promise, now: () => nowMs});
  await perform();
  await settle();
  nowMs = 500;
  t.deepEqual(collect().slowCloses, []);
  nowMs = 501;
  const [first] = collect().slowCloses;
  t.deepEqual(first, {number: 0, phase: 1, startMs: 0, untilMs: 501, hasSettled: false});
  closing.resolve();
  nowMs = 700;
  await settle();
  const {figures, slowCloses} = collect();
  t.deepEqual(slowCloses, [{...first!, untilMs: 700, hasSettled: true}]);
  t.like(figures, {closes: 1, closed: 1, closeSlow: 1});
});

test('what is closed outside of the load is in no phase', async t => {
  const {perform, collect} = library({phase: () => null, close: () => never});
  await perform();
  await settle();
  const {figures, slowCloses} = collect();
  t.deepEqual({figures, slowCloses}, {figures: {}, slowCloses: []});
});

test('until when the clients of a time lived is known when the last of them is closed', async t => {
  let nowMs = 1000;
  const operations = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const {perform, collect} = library({
    perform: number => operations[number - 1]?.promise ?? settle(),
    now: () => nowMs,
  });
  await perform();
  await settle();
  const first = perform();
  nowMs = 1100;
  const second = perform();
  await settle();
  t.deepEqual(collect().lives, [
    {fromMs: 0, untilMs: 1000},
    {fromMs: 1000, untilMs: null},
  ]);
  nowMs = 1400;
  operations[0]!.resolve();
  await first;
  await settle();
  t.deepEqual(collect().lives, [{fromMs: 1000, untilMs: null}]);
  nowMs = 1600;
  operations[1]!.resolve();
  await second;
  await settle();
  t.deepEqual(collect().lives, [{fromMs: 1000, untilMs: 1600}]);
  t.deepEqual(collect().lives, []);
});

test('clients that are replaced: operations wait for the next one, and the old one is closed in the midst of them', async t => {
  const slow = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const {clients, used, coming, perform, collect} = library({
    coming: {lifeMs: 50},
    open(number) {
      if (number !== 1) return never;
      opened.resolve();
      return opening.promise;
    },
    perform: number => (number === 0 ? slow.promise : settle()),
  });
  const first = perform();
  coming.begin();
  t.is(coming.timerCount, 1);
  await opened.promise;
  coming.end();
  t.is(coming.timerCount, 0);
  await settle();
  t.true(clients[0]!.isClosed);
  t.like(collect().figures, {opens: 1, opened: 0, closes: 1, closed: 1, inFlightAtClose: 1});
  const second = perform();
  await settle();
  t.deepEqual(used, [0]);
  opening.resolve();
  await second;
  slow.resolve();
  await first;
  t.deepEqual(used, [0, 1]);
  await coming.closeAll();
  t.true(clients[1]!.isClosed);
});

test('where the next one cannot be opened, the operation that waits for it fails, and the one after it opens another', async t => {
  const opening = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const {used, coming, perform, collect} = library({
    coming: {lifeMs: 50},
    async open(number) {
      if (number !== 1) return;
      opened.resolve();
      await opening.promise;
      throw new Error('no');
    },
  });
  coming.begin();
  await opened.promise;
  coming.end();
  const waiting = perform();
  opening.resolve();
  await t.throwsAsync(waiting, {instanceOf: OpenFailed});
  await perform();
  t.deepEqual(used, [2]);
  t.like(collect().figures, {opens: 2, opened: 1, openFailed: 1});
});
