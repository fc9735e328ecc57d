import test from 'ava';
import {withoutMachinePath} from '../../src/report/machine-path.ts';

const tells = test.macro({
  title: (_title, line: string) => line.trim(),
  exec(t, line: string, expected: string) {
    t.is(withoutMachinePath(line), expected);
  },
});

const frame = (place: string): string => `    at Client.connect [as open] (${place}:12:3)`;

// In a package: from its name on.
for (const [place, expected] of [
  ['/home/me/shop/node_modules/pg/lib/client.js', 'pg/lib/client.js'],
  ['/home/me/shop/node_modules/pg/index.js', 'pg/index.js'],
  ['/home/me/my shop/node_modules/pg/lib/client.js', 'pg/lib/client.js'],
  ['/home/me (old)/shop/node_modules/@scope/pg/lib/client.js', '@scope/pg/lib/client.js'],
  ['/shop/node_modules/.pnpm/pg@8.1.0_(x@1)/node_modules/pg/lib/client.js', 'pg/lib/client.js'],
  ['file:///home/me/my%20shop/node_modules/a/node_modules/pg/lib/client.mjs', 'pg/lib/client.mjs'],
  ['file:///C:/Users/me/shop/node_modules/pg/lib/client.js', 'pg/lib/client.js'],
  ['C:\\Users\\me\\my shop\\node_modules\\pg\\lib\\client.js', 'pg/lib/client.js'],
  ['/home/me/node_modules/pg/build/Release/pg.node', 'pg/build/Release/pg.node'],
  // Elsewhere: the file with its folder.
  ['/home/me/my shop/orders.ts', 'my shop/orders.ts'],
  ['file:///home/me/shop/orders.ts', 'shop/orders.ts'],
  // What is no path stays.
  ['node:internal/process/task_queues', 'node:internal/process/task_queues'],
] as const) {
  test(tells, frame(place), frame(expected));
}

test(
  tells,
  '    at async /home/me/my shop/node_modules/pg/lib/client.js:1:2',
  '    at async pg/lib/client.js:1:2',
);
test(tells, '/home/me/my shop/node_modules/pg/lib/client.js:12', 'pg/lib/client.js:12');
test(
  tells,
  "Error: Cannot find module '/home/me/shop/node_modules/pg/lib/client.js'",
  "Error: Cannot find module 'pg/lib/client.js'",
);
test(
  tells,
  '    at eval (eval at make (/home/me/shop/node_modules/pg/lib/client.js:1:2), <anonymous>:1:1)',
  '    at eval (eval at make (pg/lib/client.js:1:2), <anonymous>:1:1)',
);
test(tells, '    at async Promise.all (index 0)', '    at async Promise.all (index 0)');
test(tells, 'listening on http://127.0.0.1:8080', 'listening on http://127.0.0.1:8080');
