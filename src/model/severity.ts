// What a finding or a goal means for the verdict: a warning is reported, a failure makes the run missed.

/** `warn`: reported only · `fail`: fails the run. */
export type Severity = 'warn' | 'fail';
