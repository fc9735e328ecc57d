import {wholeRuns} from './test/whole-runs.js';

// One file after the other: two runs at once would take each other's time, and tell of the machine instead of the code.
export default {
  files: wholeRuns,
  extensions: ['ts'],
  require: ['./test/file-times.js'],
  concurrency: 1,
  timeout: '120s',
};
