// aio-pika on a real RabbitMQ: what a caller does is what the scenario of amqplib does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import amqplib from './amqplib.ts';
import {pythonProgram, sameAs} from './in-another-language.ts';

export default defineScenario({
  ...sameAs(amqplib),
  name: 'python-aio-pika',
  observation: 'When the network to the broker is bad, publishing hangs, and messages arrive late or twice.',
  remarks: [
    'The variant "defaults" uses aio_pika.connect_robust(url), which opens a lost connection again, after 5 s by default, with its channels, queues and consumers (https://docs.aio-pika.com/). It asks for a heartbeat of 60 s, and has no time limit for publishing.',
    'Both variants publish with confirms, as channels of aio-pika do by default; the consumer acknowledges each message once it has it, so that one may be delivered again (https://www.rabbitmq.com/docs/reliability).',
    'A heartbeat of 1 s is used because the phases are short; that is not for production. The limit of each operation in "recommended" is the application’s.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'recommended',
      options: {heartbeatSeconds: 1, connectSeconds: 1, reconnectSeconds: 0.25, prefetch: 100, seconds: 0.9},
      change:
        'Ask for a heartbeat (`heartbeat=1` in the URL), bound the opening of a connection (timeout 1 s), open it again after 0.25 s (reconnect_interval), allow at most 100 unacknowledged messages (set_qos), and limit each operation to 0.9 s in the application.',
    },
  ],
  subject: pythonProgram('aio_pika_robust.py'),
});
