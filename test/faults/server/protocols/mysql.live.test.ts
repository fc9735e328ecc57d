// Errors that a MariaDB server says, as mysql2 and MariaDB's own command line see them.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import test from 'ava';
import mysql, {type RowDataPacket} from 'mysql2/promise';
import {errorOf, ServerScene} from '../../../helpers/server-scene.ts';

const connect = (scene: ServerScene) =>
  mysql.createConnection({uri: String(scene.address), connectTimeout: 60_000});

test('mysql2: errors at statements, simple and prepared, with what they do to transactions', async t => {
  const scene = await ServerScene.open(t, 'mariadb', 'mysql');
  const client = await connect(scene);
  t.teardown(() => client.destroy());
  const rows = async (sql: string, values: readonly (string | number)[] = []) =>
    (await client.execute<RowDataPacket[]>(sql, [...values]))[0];
  await client.query('create table things (id int primary key, name text)');
  for (const [error, errno, sqlState] of [
    ['1213', 1213, '40001'],
    ['1205', 1205, 'HY000'],
    ['1290', 1290, 'HY000'],
    ['1317', 1317, '70100'],
  ] as const) {
    const toxic = {type: 'mysql_error', attributes: {error, command: 'INSERT'}};
    await scene.during(toxic, async () => {
      t.like(await errorOf(client.query("insert into things values (1, 'x')")), {errno, sqlState});
      t.like(await errorOf(client.execute('insert into things values (?, ?)', [1, 'x'])), {errno, sqlState});
      t.deepEqual([...(await rows('select ? as one', [1]))].length, 1);
    });
  }
  t.is((await rows('select * from things')).length, 0, 'the target did not get it');
  await client.execute('insert into things values (?, ?)', [1, 'x']);

  // A deadlock has rolled back what came before it; a lock that was waited for has not.
  const inTransaction = async (error: string): Promise<number> => {
    await client.query('delete from things');
    await client.query('begin');
    await client.query("insert into things values (2, 'y')");
    await scene.during({type: 'mysql_error', attributes: {error, command: 'UPDATE'}}, () =>
      errorOf(client.query("update things set name = 'z'")),
    );
    await client.query('commit');
    return (await rows('select * from things')).length;
  };
  t.deepEqual([await inTransaction('1213'), await inTransaction('1205')], [0, 1]);

  // Results of several statements, and of none, pass as they are.
  const several = await mysql.createConnection({uri: String(scene.address), multipleStatements: true});
  t.teardown(() => several.destroy());
  const [results] = await several.query(
    'select 1 as a; update things set name = 1; select 2 as b union select 3',
  );
  t.is(JSON.stringify((results as unknown[])[2]), '[{"b":2},{"b":3}]');
  await several.ping();
  const hit = (await scene.hits())[0]!;
  t.like(hit, {method: 'INSERT', action: 'error-1213', protocol: 'mysql'});
  t.like((await scene.witness()).protocol, {lostConnections: 0, lastLost: null});
});

test('mysql2: refusals, and ends that come unasked', async t => {
  const scene = await ServerScene.open(t, 'mariadb', 'mysql');
  for (const [error, errno] of [
    ['1040', 1040],
    ['1045', 1045],
    ['1129', 1129],
  ] as const)
    t.like(await scene.during({type: 'mysql_error', attributes: {error}}, () => errorOf(connect(scene))), {
      errno,
    });
  const client = await connect(scene);
  const ended = new Promise(resolve => client.on('error', resolve));
  t.teardown(() => client.destroy());
  await scene.during({type: 'mysql_error', attributes: {error: '4031'}}, () => ended);
  t.true((await scene.hits()).some(({action}) => action === 'unasked-4031'));
});

test("MariaDB's command line", async t => {
  const scene = await ServerScene.open(t, 'mariadb', 'mysql');
  const ask = (sql: string) =>
    promisify(execFile)('mariadb', [
      ...[
        '--no-defaults',
        '--skip-ssl',
        '-h',
        '127.0.0.1',
        '-P',
        String(scene.port),
        '-u',
        'root',
        '-N',
        'test',
      ],
      ...['-e', sql],
    ]);
  t.is((await ask('select 1; select 2')).stdout, '1\n2\n');
  const busy = {type: 'mysql_error', attributes: {error: '1213', command: 'SELECT'}};
  const failed = await scene.during(busy, () => errorOf(ask('select 1')));
  t.regex(failed.message, /ERROR 1213 \(40001\) at line 1: Deadlock found/);
  const full = {type: 'mysql_error', attributes: {error: '1040'}};
  t.regex(
    (await scene.during(full, () => errorOf(ask('select 1')))).message,
    /ERROR 1040 .*Too many connections/,
  );
});
