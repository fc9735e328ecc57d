// An MQTT client: MQTT.js publishing with QoS 1, by its defaults and with a time limit.
import {fillSkeleton, withinText} from './skeleton.ts';

export const mqttTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target mqtt://127.0.0.1:1883)',
    intro: ['Needs:   npm install mqtt'],
    imports: ["import {connectAsync, type IClientOptions} from 'mqtt';"],
    name: 'my-mqtt-client',
    observation: 'Sensor readings arrive minutes late after an outage of the broker.',
    preamble: `type Options = {readonly client: IClientOptions; readonly limitMs: number | null};

const defaults: Options = {client: {}, limitMs: null};

${withinText}`,
    target: "  target: {service: 'mosquitto'},",
    variants: `  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {
        client: {keepalive: 1, reschedulePings: false, reconnectPeriod: 250, connectTimeout: 1000},
        limitMs: 1000,
      },
      change: 'Ping the broker every second, reconnect after 250 ms, and give every publish 1 s.',
    },
  ],`,
    idempotent: false,
    subject: `  subject: {
    async open({url, options}) {
      const client = await connectAsync(url, options.client);
      // Without a listener, a lost connection would end the process.
      client.on('error', () => {});
      return {client, limitMs: options.limitMs};
    },
    async perform({client, limitMs}, {id}) {
      await within(limitMs, client.publishAsync('foulweather', id, {qos: 1}));
      return undefined;
    },
    close: ({client}) => client.endAsync(true),
  },`,
  });
