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

export type ServiceName = (typeof serviceNames)[number];
