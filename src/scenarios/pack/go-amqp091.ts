// amqp091-go on a real RabbitMQ: what a caller does is what the scenario of amqplib does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import amqplib from './amqplib.ts';
import {goProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(amqplib),
  name: 'go-amqp091',
  observation: 'When the network to the broker is bad, publishing hangs, and messages arrive late or twice.',
  remarks: [
    'amqp091-go does not reopen a lost connection by default. The application of this scenario opens a new one when the next operation needs it, at most every 250 ms. That pause is the application’s, and so are the errors of operations that wait for it.',
    'Both variants publish with confirms (https://pkg.go.dev/github.com/rabbitmq/amqp091-go#Channel.PublishWithDeferredConfirm); the consumer acknowledges each message once it has it, so that one may be delivered again (https://www.rabbitmq.com/docs/reliability).',
    'The library’s default is a heartbeat of 10 s. Here it is 1 s because the phases are short; that is not for production.',
    'Nothing bounds an operation in "defaults", by design: the library has no time limit per publish, and does not honor that of a context (https://pkg.go.dev/github.com/rabbitmq/amqp091-go#Channel.PublishWithContext). The limit in "recommended" is the application’s.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {heartbeatMs: 1000, connectMs: 1000, prefetch: 100, limitMs: 900},
      change:
        'Ask for a heartbeat (Config.Heartbeat 1 s), bound the opening of a connection (DefaultDial of 1 s), allow at most 100 unacknowledged messages (Qos), and limit each operation to 900 ms in the application.',
    },
  ],
  subject: goProgram('amqp091'),
});
