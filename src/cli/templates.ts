// What `foulweather init` can write, by name.
import {amqpTemplate} from './templates/amqp.ts';
import {functionTemplate} from './templates/function.ts';
import {httpTemplate} from './templates/http.ts';
import {mqttTemplate} from './templates/mqtt.ts';
import {postgresTemplate} from './templates/postgres.ts';
import {redisTemplate} from './templates/redis.ts';

/** From the file's name to its text. */
export const templates = {
  http: httpTemplate,
  redis: redisTemplate,
  postgres: postgresTemplate,
  amqp: amqpTemplate,
  mqtt: mqttTemplate,
  function: functionTemplate,
} as const;

export type TemplateName = keyof typeof templates;

export const templateNames = Object.keys(templates) as readonly TemplateName[];
