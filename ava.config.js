import {wholeRuns} from './test/whole-runs.js';

export default {
  files: ['test/**/*.test.ts', ...wholeRuns.map(pattern => `!${pattern}`)],
  extensions: ['ts'],
  timeout: '60s',
};
