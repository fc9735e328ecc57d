// RabbitMQ's Java client on a real RabbitMQ: what a caller does is what the scenario of amqplib does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import amqplib from './amqplib.ts';
import {javaProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(amqplib),
  name: 'java-rabbitmq',
  observation: 'When the network to the broker is bad, publishing hangs, and messages arrive late or twice.',
  remarks: [
    'The variant "defaults" uses new ConnectionFactory() with a URL: it opens a lost connection again after 5 s, with its channels and consumers, asks for a heartbeat of 60 s, and has no time limit for publishing (https://www.rabbitmq.com/client-libraries/java-api-guide#recovery).',
    'Both variants publish with confirms on one channel, which one thread at a time uses; the consumer has a channel of its own, and acknowledges each message once it has it, so that one may be delivered again (https://www.rabbitmq.com/docs/reliability).',
    'A heartbeat of 1 s is used because the phases are short; that is not for production. The limit of each operation in "recommended" is the application’s.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {heartbeatSeconds: 1, connectMs: 1000, recoveryMs: 250, prefetch: 100, limitMs: 900},
      change:
        'Ask for a heartbeat (requestedHeartbeat 1 s), bound the opening of a connection (connectionTimeout and handshakeTimeout 1 s), open it again after 250 ms (networkRecoveryInterval), allow at most 100 unacknowledged messages (basicQos), and limit each operation to 900 ms in the application.',
    },
  ],
  subject: javaProgram('RabbitClient'),
});
