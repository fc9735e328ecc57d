// Mosquitto: without a configuration of its own it would refuse anonymous clients.

import {found, probe} from './protocol-probe.ts';
import type {Service} from './service.ts';

const connectBytes = 12;
const accepted = Buffer.from([0x20, 2, 0, 0]);

/** MQTT 3.1.1, a clean session, 60 s of keep-alive, no client id. */
const connectPacket = Buffer.from([0x10, connectBytes, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 0]);

const versionTopic = '$SYS/broker/version';
const subscribePacket = Buffer.from([
  ...[0x82, versionTopic.length + 5, 0, 1],
  ...[0, versionTopic.length, ...Buffer.from(versionTopic), 0],
]);

export const mosquitto: Service = {
  title: 'Mosquitto',
  program: 'mosquitto',
  folders: [],
  install: {kind: 'debian', packageName: 'mosquitto'},
  defaultUrl: 'mqtt://127.0.0.1:1883',
  accounts: ['mosquitto'],
  // Beyond 1,000 messages for one client it drops them by default: what it has acknowledged would be lost by the
  // server.
  files: ({folder, ports: [port], keepsData}) => ({
    'mosquitto.conf': `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n${
      keepsData ? `persistence true\npersistence_location ${folder}/\n` : ''
    }`,
  }),
  run: ({folder, find}) => [{file: find('mosquitto'), args: ['-c', `${folder}/mosquitto.conf`]}],
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `mqtt://127.0.0.1:${port}`,
  version(address) {
    let asked = false;
    return probe(address, {
      send: connectPacket,
      receive(heard, say) {
        if (heard.length < accepted.length) return null;
        if (!heard.subarray(0, accepted.length).equals(accepted))
          throw new Error('it refused the connection');
        if (!asked) say(subscribePacket);
        asked = true;
        return found(heard, /mosquitto version (\d+(?:\.\d+)*)/);
      },
    });
  },
};
