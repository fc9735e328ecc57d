// Whose a frame is, and that no path of a machine comes out.
import test from 'ava';
import type {CallFrame} from '../../src/model/profile-part.ts';
import {describeFrame} from '../../src/profiles/owner.ts';
import {frame, locations, modules} from './frames.ts';

type Told = readonly [frame: CallFrame, owner: string, ownerKind: string, place: string | null];

const told: readonly Told[] = [
  [frame('dispatch', `${modules}/undici/lib/pool.js`, 16), 'undici', 'package', 'lib/pool.js:17'],
  [
    frame('read', `${modules}/@azure/storage-common/dist/esm/BufferScheduler.js`, 1),
    '@azure/storage-common',
    'package',
    'dist/esm/BufferScheduler.js:2',
  ],
  [
    frame('run', `${modules}/.pnpm/rhea@3.0.5/node_modules/rhea/lib/link.js`, 2),
    'rhea',
    'package',
    'lib/link.js:3',
  ],
  [
    frame('plain', '/home/somebody/service/node_modules/rhea/lib/link.js', 2),
    'rhea',
    'package',
    'lib/link.js:3',
  ],
  [frame('perform', locations.scenarioUrl, 40), 'the scenario', 'scenario', 'pool.ts:41'],
  [
    frame('helper', 'file:///home/somebody/service/scenarios/lib/my%20helper.ts', 4),
    'the application',
    'application',
    'lib/my helper.ts:5',
  ],
  [
    frame('elsewhere', 'file:///home/somebody/secret-client/index.js', 4),
    'the application',
    'application',
    'index.js:5',
  ],
  [
    frame('#start', `${locations.harnessUrl}load/driver.js`, 9),
    'foulweather',
    'harness',
    'load/driver.js:10',
  ],
  [
    frame('handle', `${locations.harnessUrl}scenarios/builtin/credit-consumer.js`, 70),
    'the scenario',
    'scenario',
    'credit-consumer.js:71',
  ],
  [frame('bufferWrapper', `${locations.harnessUrl}subject/subject-main.js`, 9), 'Node.js', 'node', null],
  [
    frame('export', `${modules}/@opentelemetry/sdk-trace/build/batch.js`, 9),
    'OpenTelemetry',
    'telemetry',
    '@opentelemetry/sdk-trace/build/batch.js:10',
  ],
  [frame('emit', 'node:events', 100), 'Node.js', 'node', 'node:events:101'],
  [frame('writev'), 'native code', 'engine', null],
  [frame('constructor'), 'native code', 'engine', null],
  [frame('(garbage collector)'), 'garbage collector', 'engine', null],
  [frame('(idle)'), 'idle', 'engine', null],
  [frame('(program)'), 'native code', 'engine', null],
  [frame('wasm-function[3]', 'wasm://wasm/3f2a'), 'generated code', 'application', null],
  [frame('f', 'evalmachine.<anonymous>'), 'generated code', 'application', null],
];

const tells = test.macro({
  title: (_, [{functionName, url}]: Told) => `whose is ${functionName} of ${url || 'no file'}`,
  exec(t, [callFrame, owner, ownerKind, place]: Told) {
    const described = describeFrame(callFrame, locations);
    t.deepEqual(described, {functionName: callFrame.functionName, owner, ownerKind, place} as never);
    t.notRegex(JSON.stringify(described), /somebody|secret-client/);
  },
});

for (const row of told) test(tells, row);

test('a function without a name is said to be anonymous', t => {
  t.is(describeFrame(frame('', 'node:net'), locations).functionName, '(anonymous)');
});
