// What a finding or a goal means for the verdict: a warning is told, a failure makes the run missed.

/** `warn`: it is told · `fail`: it makes the run missed. */
export type Severity = 'warn' | 'fail';
