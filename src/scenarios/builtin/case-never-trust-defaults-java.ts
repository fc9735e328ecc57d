// Case study: never trust defaults, in Java. Without a prefetch the broker sends whatever the queue has.
import {latency} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {javaProgram} from '../pack/in-another-language.ts';
import {keepQueueFull} from './full-queue.ts';

export default defineScenario({
  name: 'case-never-trust-defaults-java',
  observation:
    'A consumer with a full queue handles hardly any messages: its CPU is busy and its memory is full.',
  remarks: [
    'The default is AMQP’s: without basic.qos the broker sends everything in the queue. The consumer hands each message to a pool of handlers, whose queue takes all of them.',
    'The heap limit of 256 MiB (-Xmx256m) is set by the scenario; the warm-up is long enough to fill it. A larger heap fills up later; until then the effect is smaller.',
    'RabbitMQ’s client stops reading while 1,000 messages wait for the consumer. The JVM may therefore collect garbage for a long time instead of running out of memory; if it does run out, -XX:+ExitOnOutOfMemoryError ends it, as is common in containers.',
    'Messages are 64 KiB each. The consumer parses them as they come; handling one means waiting 10 ms, and four are handled at once. Handlers that keep up with the broker would need no prefetch.',
    'With a round trip of more than 80 ms, 32 messages would starve the handlers: the right number is somewhat more than rate × round trip.',
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
    {name: 'warm-up', role: 'warm-up', durationMs: 8000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'near', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 5})]},
    {name: 'far', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 40})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {baseline: {successRatio: {min: 0.99}}},
  prepare: ({directUrl}) => keepQueueFull(directUrl),
  subject: javaProgram('CasePrefetch', ['-Xmx256m', '-XX:+UseG1GC', '-XX:+ExitOnOutOfMemoryError']),
});
