// When a phase's fault takes the server away and brings it back, against stand-ins for the service and the proxy.
import test from 'ava';
import type {TrialEvent} from '../../../src/model/event.ts';
import type {Phase} from '../../../src/model/plan.ts';
import {type AnyServerFault, serverKill, serverPause, serverStop} from '../../../src/model/server-fault.ts';
import type {ServiceChild} from '../../../src/run/processes/start-service.ts';
import {ServerFaults} from '../../../src/run/trial/server-faults.ts';
import type {FromService, ToService} from '../../../src/services/protocol.ts';

const phaseWith = (...faults: Phase['faults']): Phase => ({
  name: 'restart',
  role: 'fault',
  durationMs: 1000,
  faults,
});

/** All that happens, in order. */
const stage = (answer: (message: ToService) => FromService = obeys) => {
  const steps: string[] = [];
  const waiting: ((answer: FromService) => void)[] = [];
  const service = {
    label: 'Redis',
    send(message: ToService) {
      steps.push(message.kind === 'take-away' ? message.how : message.kind);
      waiting.shift()?.(answer(message));
    },
    next: () => new Promise<FromService>(resolve => waiting.push(resolve)),
  };
  const note = (event: TrialEvent): void => {
    if (event.kind === 'server') steps.push(`${event.change} (${event.fault})`);
  };
  const server = new ServerFaults({
    service: service as unknown as ServiceChild,
    link: {
      serverIsAway: async isAway => void steps.push(isAway ? 'refuse' : 'accept'),
      witness: async () => null,
    },
    limitMs: 1000,
    now: () => performance.now(),
    record: note,
  });
  const until = async (step: string): Promise<void> => {
    while (!steps.includes(step)) await new Promise(resolve => setImmediate(resolve));
  };
  return {server, steps, until};
};

const obeys = ({kind}: ToService): FromService => ({kind: kind === 'bring-back' ? 'back' : 'away'});

const lasts = test.macro({
  title: (_title, {kind}: AnyServerFault) => `${kind} lasts until the end of its phase`,
  async exec(t, fault: AnyServerFault, way: string, hasProcess: boolean) {
    const {server, steps, until} = stage();
    const name = `restart-1-${fault.kind}`;
    server.begin(phaseWith(fault));
    await until(hasProcess ? `away (${name})` : 'refuse');
    await server.end();
    t.deepEqual(steps, [
      ...[`leaving (${name})`, way, `away (${name})`, ...(hasProcess ? [] : ['refuse'])],
      ...[`returning (${name})`, 'bring-back', ...(hasProcess ? [] : ['accept']), `back (${name})`],
    ]);
  },
});

test(lasts, serverStop(), 'stop', false);
test(lasts, serverKill(), 'kill', false);
test(lasts, serverPause(), 'pause', true);

test('with a duration it ends within the phase, and its end does nothing more', async t => {
  const {server, steps, until} = stage();
  server.begin(phaseWith(serverStop({durationMs: 1})));
  await until('back (restart-1-serverStop)');
  const count = steps.length;
  await server.end();
  t.is(steps.length, count);
});

test('it comes again', async t => {
  const {server, steps} = stage();
  server.begin(phaseWith(serverPause({durationMs: 1, everyMs: 5})));
  while (steps.filter(step => step === 'pause').length < 3)
    await new Promise(resolve => setImmediate(resolve));
  await server.end();
  const [pauses, returns] = ['pause', 'bring-back'].map(way => steps.filter(step => step === way).length);
  t.is(pauses, returns);
});

test('one that is to begin after the phase does not', async t => {
  const {server, steps} = stage();
  server.begin(phaseWith(serverStop({startAfterMs: 60_000})));
  await server.end();
  t.deepEqual(steps, []);
});

test('phases without such a fault leave it alone', async t => {
  const {server, steps} = stage();
  server.begin(phaseWith());
  await server.end();
  await server.end();
  t.deepEqual(steps, []);
});

test('a server that does not come back is an error that says why, each time', async t => {
  const {server, until} = stage(({kind}) =>
    kind === 'bring-back' ? {kind: 'failed', message: 'redis-server ended (exit code 1)'} : {kind: 'away'},
  );
  server.begin(phaseWith(serverKill()));
  await until('refuse');
  await t.throwsAsync(server.end(), {
    code: 'FW_SERVICE_START',
    message: 'Redis did not start again: redis-server ended (exit code 1)',
  });
});
