// An MQTT client: MQTT.js publishing with QoS 1.
import {fillSkeleton} from './skeleton.ts';

export const mqttTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target mqtt://127.0.0.1:1883)',
    intro: ['It needs the library: npm install mqtt'],
    imports: ["import {connectAsync, type IClientOptions} from 'mqtt';"],
    name: 'my-mqtt-client',
    observation: 'Readings of the sensors arrive minutes late after the broker was away.',
    preamble: 'const defaults: IClientOptions = {};',
    target: "  target: {service: 'mosquitto'},",
    variants: `  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {keepalive: 2, reconnectPeriod: 250, connectTimeout: 1000},
      change: 'Ask every 2 s whether the broker is there, and connect again after 250 ms.',
    },
  ],`,
    idempotent: false,
    subject: `  subject: {
    async open({url, options}) {
      const client = await connectAsync(url, options);
      // Without a listener a lost connection would end the process.
      client.on('error', () => {});
      return client;
    },
    async perform(client, {id}) {
      await client.publishAsync('foulweather', id, {qos: 1});
      return undefined;
    },
    close: client => client.endAsync(true),
  },`,
  });
