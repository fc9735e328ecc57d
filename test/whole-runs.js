// Tests that make whole runs of the harness, or start real servers: what they measure depends on the machine's time.
export const wholeRuns = [
  'test/cli/{compare,init-list,reporters,run,services,show,signals,telemetry,templates}.test.ts',
  'test/clients/**/*.test.ts',
  'test/examples.test.ts',
  'test/package.test.ts',
  'test/run/*.test.ts',
  'test/scenarios/{cases,deliveries,inside}.test.ts',
  'test/services/**/*.test.ts',
  'test/subject/*.test.ts',
];
