// When the server was away, and what that explains.
import test from 'ava';
import {forgottenBy, outingsOf, ownStartNote} from '../../src/measures/server-outings.ts';
import type {ServerEvent} from '../../src/model/event.ts';
import type {Plan} from '../../src/model/plan.ts';
import {type AnyServerFault, serverKill, serverPause, serverStop} from '../../src/model/server-fault.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {phaseWindow, type Trial} from '../../src/model/trial.ts';
import {fault, recovery, trialWith} from '../helpers/trial-believable.ts';

const eventsOf = (name: string, ...times: readonly number[]): ServerEvent[] =>
  (['leaving', 'away', 'returning', 'back'] as const).flatMap((change, index) => {
    const atMs = times[index];
    return atMs === undefined ? [] : [{atMs, fault: name, change}];
  });

test('each time that a fault took it away is one outing, as far as it went', t => {
  const trial = trialWith({
    serverEvents: [...eventsOf('a', 1, 2, 3, 4), ...eventsOf('a', 5, 6, 7, 8), ...eventsOf('b', 9, 10)],
  });
  t.deepEqual(outingsOf(trial, 'a'), [
    {fault: 'a', leftMs: 1, awayMs: 2, returningMs: 3, backMs: 4},
    {fault: 'a', leftMs: 5, awayMs: 6, returningMs: 7, backMs: 8},
  ]);
  t.deepEqual(outingsOf(trial).at(-1), {fault: 'b', leftMs: 9, awayMs: 10, returningMs: null, backMs: null});
  t.deepEqual(outingsOf(trialWith()), []);
});

test('what the server took to start is told beside the recovery that follows, and no other', t => {
  const {startMs, endMs} = phaseWindow(trialWith(), fault)!;
  const trial = trialWith({
    serverEvents: eventsOf('a', startMs + 1, startMs + 50, endMs - 420, endMs - 10),
  });
  t.is(
    ownStartNote(trial, recovery),
    ' (the server was ready again 410 ms after it was to come back, which is not counted)',
  );
  t.is(ownStartNote(trial, fault), '');
  t.is(ownStartNote(trialWith(), recovery), '');
});

const forgets = test.macro({
  title: (_title, service: ServiceName, {kind}: AnyServerFault, does: boolean) =>
    `${service} ${does ? 'forgets' : 'keeps'} what it has by ${kind}`,
  exec(t, service: ServiceName, serverFault: AnyServerFault, does: boolean) {
    const {plan} = trialWith();
    const phases = plan.phases.map(phase =>
      phase.role === 'fault' ? {...phase, faults: [serverFault]} : phase,
    ) as unknown as Plan['phases'];
    const trial: Trial = trialWith({
      plan: {target: {kind: 'service', service}, phases},
      serverEvents: eventsOf('a', 1, 2, 3, 4),
    });
    t.is(forgottenBy(trial) !== null, does);
    t.is(forgottenBy({...trial, serverEvents: []}), null);
  },
});

test(forgets, 'memcached', serverStop(), true);
test(forgets, 'memcached', serverKill(), true);
test(forgets, 'memcached', serverPause(), false);
test(forgets, 'mosquitto', serverStop(), false);
test(forgets, 'mosquitto', serverKill(), true);
test(forgets, 'redis', serverKill(), false);
