// What must have been there before a detector may call a library clear of its symptom. What was not looked at is not healthy.

/** A need by name, and what it is in the docs. */
export const needs = {
  operations: 'operations that started in each phase after the warm-up',
  'fault-operations': 'operations that started in each fault phase',
  'recovery-operations': 'operations that started in each recovery phase',
  'calm-operations': 'operations that started in each phase without faults after the warm-up',
  failures: 'operations that failed',
  load: 'a process that survived to the end of the load',
  end: 'a trial that reached its end',
  fate: 'a process that ended by itself',
  attempts: "attempts that are counted: by the target's ledger, or by the library's spans",
  'attempt-times': 'attempts whose times the target or the injector noted',
  effects: 'effects that are counted: by the target, or by `verify()`',
  connections: 'an injector that counts connections',
  'connection-log': 'an injector that notes each connection',
  process: 'figures that the process reports on itself',
  system: 'samples of the operating system',
  node: 'a process of Node.js',
} as const;

export type Need = keyof typeof needs;
