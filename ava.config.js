import {wholeRuns} from './test/whole-runs.js';

export default {
  files: ['test/**/*.test.ts', ...wholeRuns.map(pattern => `!${pattern}`)],
  extensions: ['ts'],
  require: ['./test/file-times.js'],
  timeout: '60s',
};
