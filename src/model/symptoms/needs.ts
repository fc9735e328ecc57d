// What must have been seen before a detector may call a library clear of its symptom. What was not looked at is not
// healthy.

/** A need by name, and what it is in the docs. */
export const needs = {
  operations: 'operations in each phase after the warm-up',
  'fault-operations': 'operations in each fault phase',
  'recovery-operations': 'operations in each recovery phase',
  'calm-operations': 'operations in each phase without faults after the warm-up',
  failures: 'operations that failed',
  load: 'a process that survived to the end of the load',
  end: 'a trial that ran to its end',
  fate: 'a process that ended on its own',
  attempts: "a count of attempts, from the target's ledger or the library's spans",
  'attempt-times': 'times of attempts, recorded by the target or the injector',
  effects: 'a count of effects, from the target or `verify()`',
  connections: 'an injector that counts connections',
  'connection-log': 'an injector that records each connection',
  process: 'metrics from inside the process',
  usage: 'CPU time of the process, as reported from inside or by the operating system',
  'in-flight': 'a count of the operations in flight over time',
  system: 'samples from the operating system',
  node: 'a Node.js process',
  collections:
    'garbage collection times in each phase after the warm-up, from a Node.js process or from a JVM over OTLP',
  'collected-heap':
    'heap sizes after full garbage collections, from a Node.js process or from a JVM over OTLP',
} as const;

export type Need = keyof typeof needs;
