import {once} from 'node:events';
import {connect} from 'node:net';
import test from 'ava';
import {json, startHttpServer, verifyWrites} from '../../../../src/scenarios/pack/servers/http-server.ts';

type Told = {readonly attempts: string[]; readonly effects: string[]; readonly answered: string[]};

const started = async (t: {teardown(fn: () => unknown): void}): Promise<{url: string; told: Told}> => {
  const told: Told = {attempts: [], effects: [], answered: []};
  const {url, stop} = await startHttpServer({
    ledger: {
      attempt: id => told.attempts.push(id),
      effect: id => told.effects.push(id),
      answered: id => told.answered.push(id),
    },
    description: 'a server of this test',
    isAttempt: ({method}) => method !== 'DELETE',
    answer({id, method, body}, response, applied) {
      if (method === 'POST') applied(id);
      json(response, 200, {id, bodyBytes: body.length});
    },
  });
  t.teardown(() => stop?.());
  return {url, told};
};

test('a write is told and kept, by the header or by the path', async t => {
  const {url, told} = await started(t);
  const answer = await fetch(`${url}/orders/t-1-0`, {method: 'POST', body: 'four'});
  t.deepEqual(await answer.json(), {id: 't-1-0', bodyBytes: 4});
  await fetch(`${url}/orders`, {method: 'POST', headers: {'x-operation-id': 't-1-1'}});
  t.deepEqual(told.attempts, ['t-1-0', 't-1-1']);
  t.deepEqual(told.effects, ['t-1-0', 't-1-1']);
});

test('a later step of an operation is no further attempt', async t => {
  const {url, told} = await started(t);
  await fetch(`${url}/orders/t-1-0`, {method: 'DELETE'});
  t.deepEqual(told, {attempts: [], effects: [], answered: []});
});

test('a body that breaks off has no effect', async t => {
  const {url, told} = await started(t);
  const {hostname, port} = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write('POST /orders/t-1-0 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
  while (told.attempts.length === 0) await new Promise(resolve => setImmediate(resolve));
  socket.destroy();
  await once(socket, 'close');
  while (told.answered.length === 0) await new Promise(resolve => setImmediate(resolve));
  t.deepEqual(told, {attempts: ['t-1-0'], effects: [], answered: ['t-1-0']});
});

test('verify() tells writes as often as they were, and reads that were acknowledged', async t => {
  const {url} = await started(t);
  for (const id of ['t-1-0', 't-1-0', 't-1-2']) await fetch(`${url}/orders/${id}`, {method: 'POST'});
  const verify = verifyWrites(id => id !== 't-1-1');
  const acknowledgedIds = ['t-1-0', 't-1-1', 't-1-2', 't-1-3'];
  const {applied} = await verify({directUrl: url, acknowledgedIds, trialId: 't-1', variant: 't'});
  t.deepEqual(applied, [['t-1-0', 't-1-0', 't-1-2'], ['t-1-1']]);
});
