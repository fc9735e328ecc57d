// All services, by name.
import type {ServiceName} from '../model/service.ts';
import {azurite} from './azurite.ts';
import {mariadb} from './mariadb.ts';
import {memcached} from './memcached.ts';
import {mosquitto} from './mosquitto.ts';
import {nats} from './nats.ts';
import {postgres} from './postgres.ts';
import {rabbitmq} from './rabbitmq.ts';
import {redis} from './redis.ts';
import type {Service} from './service.ts';

export const services: {readonly [name in ServiceName]: Service} = {
  redis,
  postgres,
  mariadb,
  rabbitmq,
  mosquitto,
  nats,
  memcached,
  azurite,
};

/** How its user gets it. */
export const installCommand = ({install: {kind, packageName}}: Service): string =>
  kind === 'debian' ? `apt-get install ${packageName}` : `npm install ${packageName}`;
