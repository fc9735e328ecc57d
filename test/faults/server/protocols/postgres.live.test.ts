// Errors that a PostgreSQL server says, as pg and postgres.js see them, by simple and by extended queries.
import test, {type ExecutionContext} from 'ava';
import pg from 'pg';
import postgres from 'postgres';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];
type Client = {
  readonly simple: (sql: string) => Promise<Rows>;
  /** By a prepared statement. */
  readonly extended: (sql: string, values: readonly (string | number)[]) => Promise<Rows>;
  readonly ended: Promise<unknown>;
};
type Connect = (t: ExecutionContext, url: URL) => Promise<Client>;

const withPg: Connect = async (t, url) => {
  const client = new pg.Client({connectionString: String(url)});
  const ended = new Promise(resolve => client.on('end', () => resolve(undefined)));
  client.on('error', () => {});
  t.teardown(() => client.end().catch(() => {}));
  await client.connect();
  return {
    simple: async sql => (await client.query(sql)).rows,
    extended: async (sql, values) => (await client.query(sql, [...values])).rows,
    ended,
  };
};

const withPostgresJs: Connect = async (t, url) => {
  let close = (): void => {};
  const ended = new Promise(resolve => {
    close = () => resolve(undefined);
  });
  const sql = postgres(String(url), {
    max: 1,
    onclose: close,
    onnotice: () => {},
    connect_timeout: 60,
    backoff: () => 60,
  });
  t.teardown(() => sql.end({timeout: 1}));
  await sql`select 1`;
  return {
    simple: async text => (await sql.unsafe(text).simple()) as unknown as Rows,
    extended: async (text, values) =>
      (await sql.unsafe(text, [...values], {prepare: true})) as unknown as Rows,
    ended,
  };
};

const atStatements = test.macro({
  title: (_, name: string) => `${name}: errors at statements, with what they do to transactions`,
  async exec(t, _name: string, connect: Connect) {
    const scene = await ServerScene.open(t, 'postgres', 'postgres');
    const {simple, extended} = await connect(t, scene.address);
    await simple('create table things (id int primary key, name text)');

    for (const [error, message] of [
      ['40001', 'could not serialize access due to concurrent update'],
      ['40P01', 'deadlock detected'],
      ['25006', 'cannot execute this statement in a read-only transaction'],
      ['53200', 'out of memory'],
      ['57014', 'canceling statement due to statement timeout'],
    ]) {
      const toxic = {type: 'postgres_error', attributes: {error: error!, command: 'INSERT'}};
      await scene.during(toxic, async () => {
        t.like(await errorOf(simple("insert into things values (1, 'x')")), {code: error, message});
        t.like(await errorOf(extended('insert into things values ($1, $2)', [1, 'x'])), {
          code: error,
          message,
        });
        t.deepEqual([...(await extended('select $1::int as one', [1]))], [{one: 1}]);
        t.is((await simple('select * from things')).length, 0, 'the target did not get it');
      });
    }
    // The same prepared statement works again.
    await extended('insert into things values ($1, $2)', [1, 'x']);

    // In a transaction the target fails, too, until it is rolled back.
    const toxic = {type: 'postgres_error', attributes: {error: '40001', command: 'UPDATE'}};
    await simple('begin');
    await extended('insert into things values ($1, $2)', [2, 'y']);
    await scene.during(toxic, async () => {
      t.like(await errorOf(extended('update things set name = $1', ['z'])), {code: '40001'});
    });
    t.like(await errorOf(extended('select $1::int', [1])), {code: '25P02'});
    await simple('rollback');
    t.is((await simple('select * from things')).length, 1);

    // A COMMIT that fails has committed nothing, and the transaction is over.
    const atCommit = {type: 'postgres_error', attributes: {error: '40001', command: 'COMMIT'}};
    for (const run of [simple, (sql: string) => extended(sql, [])]) {
      await simple('begin');
      await extended('insert into things values ($1, $2)', [3, 'y']);
      await scene.during(atCommit, async () => t.like(await errorOf(run('commit')), {code: '40001'}));
      t.is((await extended('select * from things where id > $1', [0])).length, 1);
    }

    // Every second one, many at a time: each answer is its statement's own.
    const answers = await scene.during(
      {type: 'postgres_error', nth: 2, attributes: {error: '40P01', command: 'SELECT'}},
      () =>
        Promise.allSettled(Array.from({length: 20}, (_, index) => extended('select $1::int as n', [index]))),
    );
    t.deepEqual(
      answers.map(answer => (answer.status === 'fulfilled' ? answer.value[0]!['n'] : answer.reason.code)),
      Array.from({length: 20}, (_, index) => (index % 2 === 0 ? index : '40P01')),
    );
    const hits = await scene.hits();
    t.like(hits[0], {method: 'INSERT', path: '', action: 'error-40001', protocol: 'postgres'});
    t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
  },
});

test(atStatements, 'pg', withPg);
test(atStatements, 'postgres.js', withPostgresJs);

const endings = test.macro({
  title: (_, name: string) => `${name}: refusals, and ends that come unasked`,
  async exec(t, _name: string, connect: Connect) {
    const scene = await ServerScene.open(t, 'postgres', 'postgres');
    for (const [error, message] of [
      ['57P03', 'the database system is starting up'],
      ['53300', 'sorry, too many clients already'],
      ['28P01', 'password authentication failed'],
    ]) {
      const toxic = {type: 'postgres_error', attributes: {error: error!}};
      const refused = await scene.during(toxic, () => errorOf(connect(t, scene.address)));
      t.like(refused, {code: error, message, severity: 'FATAL'});
    }
    const idle = await connect(t, scene.address);
    t.is((await idle.simple('select 1 as one')).length, 1);
    await scene.during({type: 'postgres_error', attributes: {error: '57P01'}}, () => idle.ended);

    const busy = await connect(t, scene.address);
    const attributes = {error: '57P01', command: 'SELECT'};
    const fatal = await scene.during(
      {type: 'postgres_error', first_n: 1, attributes: {...attributes, ending: 'close'}},
      () => errorOf(busy.extended('select $1::int', [1])),
    );
    // postgres.js waits for what comes after an error before it says it, and nothing does.
    t.like(fatal, {code: _name === 'pg' ? '57P01' : 'CONNECTION_CLOSED'});
    const hits = await scene.hits();
    t.true(hits.some(({action}) => action === 'unasked-57P01'));
    t.true((await scene.connections()).some(({end}) => end === 'closed-by-fault'));
    t.like((await scene.witness()).protocol, {lostConnections: 0});
  },
});

test(endings, 'pg', withPg);
test(endings, 'postgres.js', withPostgresJs);
