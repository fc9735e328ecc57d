// Every test runs alone by `npx ava FILE`; `npm test` and `npm run test:full` take them lane by lane (scripts/test.ts).
export default {
  files: ['test/**/*.test.ts'],
  extensions: ['ts'],
  require: ['./test/file-times.js'],
  timeout: '120s',
};
