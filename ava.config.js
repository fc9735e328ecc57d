// Every test runs alone by `npx ava FILE`; `npm test` and `npm run test:full` take them lane by lane (scripts/test.ts).

/** The longest begin first, so that none of them runs alone at the end. */
const longest = [
  'inside.full',
  'templates.full',
  'languages.full',
  'matrix.recorded',
  'misleading-telemetry.recorded',
  'first-operation.live',
  'services.live',
];
const isLong = file => longest.some(name => file.endsWith(`/${name}.test.ts`));

export default {
  files: ['test/**/*.test.ts'],
  extensions: ['ts'],
  require: ['./test/file-times.js'],
  sortTestFiles: (a, b) => isLong(b) - isLong(a) || a.localeCompare(b),
  timeout: '120s',
};
