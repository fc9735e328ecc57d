// The real servers that a scenario can ask for by name.

export const serviceNames = [
  'redis',
  'postgres',
  'mariadb',
  'rabbitmq',
  'mosquitto',
  'nats',
  'memcached',
  'azurite',
] as const;

/** A real server that foulweather can start where it is installed: `target: {service: 'redis'}`. */
export type ServiceName = (typeof serviceNames)[number];

/** Those that do not have what they acknowledged when they are started again: after any end, or after a kill. */
export const forgetful: {readonly [name in ServiceName]?: 'always' | 'when-killed'} = {
  memcached: 'always',
  mosquitto: 'when-killed',
  azurite: 'when-killed',
};
