// RabbitMQ: a node of its own, with an epmd of its own, so that one which runs on this machine already is not touched.

import {found, probe} from './protocol-probe.ts';
import type {Service} from './service.ts';

export const rabbitmq: Service = {
  title: 'RabbitMQ',
  program: 'rabbitmq-server',
  // Debian's program in PATH changes the user by itself, and writes to the system's folders.
  folders: ['/usr/lib/rabbitmq/bin'],
  install: {kind: 'debian', packageName: 'rabbitmq-server'},
  defaultUrl: 'amqp://guest:guest@127.0.0.1:5672',
  accounts: ['rabbitmq'],
  files: () => ({'enabled-plugins': '[].\n', 'env.conf': ''}),
  run: ({folder, ports: [port, nodesPort, epmdPort], find}) => {
    const epmd = {ERL_EPMD_PORT: `${epmdPort}`, ERL_EPMD_ADDRESS: '127.0.0.1'};
    return [
      {file: find('epmd'), args: [], env: epmd},
      {
        file: find('rabbitmq-server'),
        args: [],
        env: {
          ...epmd,
          RABBITMQ_NODENAME: `foulweather-${port}@localhost`,
          RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
          RABBITMQ_NODE_PORT: `${port}`,
          RABBITMQ_DIST_PORT: `${nodesPort}`,
          RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
          RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
          RABBITMQ_LOG_BASE: `${folder}/log`,
          RABBITMQ_LOGS: '-',
          RABBITMQ_PID_FILE: `${folder}/pid`,
          RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq`,
          RABBITMQ_ADVANCED_CONFIG_FILE: `${folder}/advanced`,
          RABBITMQ_CONF_ENV_FILE: `${folder}/env.conf`,
          RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled-plugins`,
        },
      },
    ];
  },
  stopSignal: 'SIGKILL',
  goodbyeSignal: 'SIGTERM',
  url: port => `amqp://guest:guest@127.0.0.1:${port}`,
  // Connection.Start brings the server's properties: names and values with their lengths.
  version: address =>
    probe(address, {
      send: 'AMQP\0\0\t\u0001',
      receive: heard => found(heard, /versionS[\s\S]{4}(\d+(?:\.\d+)*)/),
    }),
};
