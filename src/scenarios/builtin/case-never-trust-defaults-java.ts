// Case study: never trust defaults, in Java. Without a prefetch the broker sends whatever the queue has.
import {latency} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {javaProgram} from '../pack/in-another-language.ts';
import {keepQueueFull} from './full-queue.ts';

export default defineScenario({
  name: 'case-never-trust-defaults-java',
  observation:
    'A consumer of a full queue slows down and runs out of memory. It is restarted, and crashes again.',
  remarks: [
    'The default is AMQP’s: without basic.qos the broker sends everything in the queue. The consumer hands each message to a pool of handlers, whose queue takes all of them.',
    'The heap limit of 128 MiB (-Xmx128m) is set by the scenario, and so is -XX:+ExitOnOutOfMemoryError, as containers are run: without it the JVM lives on without some of its threads. A larger heap is full later; until then the effect is smaller.',
    'Messages are 64 KiB each. Handling one means parsing it and waiting 5 ms, and ten are handled at once. Handlers that keep up with the broker would need no prefetch.',
    'With a longer round trip, 32 messages starve the handlers: the right number is somewhat more than rate × round trip.',
    'If the default crashes in the baseline, it never meets the slower networks that follow.',
  ],
  target: {service: 'rabbitmq'},
  variants: [
    {name: 'no-prefetch', options: {prefetch: null}},
    {
      name: 'prefetch-32',
      options: {prefetch: 32},
      change: 'Allow at most 32 unacknowledged messages: channel.basicQos(32) before basicConsume().',
    },
  ],
  // An operation is a message handled: 32 callers wait for the next one at any time.
  load: {model: 'closed', concurrency: 32},
  operation: {deadlineMs: 5000, idempotent: true},
  trials: 5,
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 3000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'near', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 5})]},
    {name: 'far', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 40})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {baseline: {successRatio: {min: 0.99}}},
  prepare: ({directUrl}) => keepQueueFull(directUrl),
  subject: javaProgram('CasePrefetch', ['-Xmx128m', '-XX:+ExitOnOutOfMemoryError']),
});
