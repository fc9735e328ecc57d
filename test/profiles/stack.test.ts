// The stack of an error: its frames by their packages, wherever they lie on the machine.
import test from 'ava';
import {frameName} from '../../src/model/profile.ts';
import {describeStack} from '../../src/profiles/stack.ts';

const locations = {
  scenarioUrl: 'file:///home/me/shop/orders.ts',
  harnessUrl: 'file:///opt/foulweather/dist/',
};

test('each frame has its package or its file, and no path of the machine', t => {
  const frames = describeStack(
    [
      'at Parser.parse (/home/me/shop/node_modules/pg-protocol/dist/parser.js:285:98)',
      'at new Client (file:///home/me/shop/node_modules/@scope/a/lib/client.js:7:1)',
      'at /home/me/shop/node_modules/pg/lib/client.js:12:3',
      'at async verify (file:///home/me/shop/orders.ts:13:25)',
      'at file:///home/me/shop/lib/table.ts:2:9',
      'at Array.map (<anonymous>)',
      'at async Promise.all (index 0)',
      'at process.processImmediate (node:internal/timers:574:21)',
      'at enter (file:///opt/foulweather/dist/subject/verify-main.js:20:3)',
      'Node.js v24.0.0',
    ],
    locations,
  );
  t.deepEqual(frames.map(frameName), [
    'Parser.parse (pg-protocol/dist/parser.js:285)',
    'new Client (@scope/a/lib/client.js:7)',
    '(anonymous) (pg/lib/client.js:12)',
    'verify (orders.ts:13)',
    '(anonymous) (lib/table.ts:2)',
    'Array.map',
    'Promise.all',
    'process.processImmediate (node:internal/timers:574)',
  ]);
});
