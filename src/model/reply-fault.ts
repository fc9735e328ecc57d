// What servers say when they are in trouble, as faults: an error in the place of a reply, at the connect, or unasked. Only
// the embedded injector can.
import {type FaultOf, made, type OptionsOf} from './fault-defaults.ts';
import type {
  amqpErrors,
  memcachedErrors,
  mqttErrors,
  mysqlErrors,
  natsErrors,
  postgresErrors,
  redisErrors,
  ServerErrorKind,
  smtpErrors,
} from './server-errors.ts';

/** Made by `redisError()`. */
export type RedisErrorFault = FaultOf<'redisError'>;
/** Made by `postgresError()`. */
export type PostgresErrorFault = FaultOf<'postgresError'>;
/** Made by `mysqlError()`. */
export type MysqlErrorFault = FaultOf<'mysqlError'>;
/** Made by `amqpError()`. */
export type AmqpErrorFault = FaultOf<'amqpError'>;
/** Made by `smtpError()`. */
export type SmtpErrorFault = FaultOf<'smtpError'>;
/** Made by `natsError()`. */
export type NatsErrorFault = FaultOf<'natsError'>;
/** Made by `memcachedError()`. */
export type MemcachedErrorFault = FaultOf<'memcachedError'>;
/** Made by `mqttError()`. */
export type MqttErrorFault = FaultOf<'mqttError'>;

/** Any fault by which a server says something of its own. */
export type ReplyFault = {readonly [kind in ServerErrorKind]: FaultOf<kind>}[ServerErrorKind];

/** A code with a usual text, or any other; the check of the scenario rejects what the protocol does not have. */
type CodeOf<Errors> = (keyof Errors & string) | (string & {});

/** A code, or a complete line: `READONLY`, `'ERR unknown command'`. */
export type RedisErrorCode = keyof typeof redisErrors | `${string} ${string}`;
/** A SQLSTATE with a usual text; any other needs a `message`. */
export type PostgresErrorCode = CodeOf<typeof postgresErrors>;
/** The number of an error with a usual text; any other needs a `message`. */
export type MysqlErrorCode = CodeOf<typeof mysqlErrors>;
/** A reply code of AMQP; `BLOCKED`: connection.blocked until the fault ends; `NACK`: instead of an ack. */
export type AmqpErrorCode = keyof typeof amqpErrors;
/** A code with a usual text; any other from 400 to 599 needs a `message`. */
export type SmtpErrorCode = CodeOf<typeof smtpErrors>;
/** An error by its name; 503, no responders, and numbers of JetStream's errors for requests; `WITHHELD`: no reply. */
export type NatsErrorCode = keyof typeof natsErrors;
/** An error by its name, or a complete line of the text protocol. */
export type MemcachedErrorCode = keyof typeof memcachedErrors | `${'SERVER' | 'CLIENT'}_ERROR ${string}`;
/** A reason code: of version 5 from `0x80` on, of version 3.1.1 from `2` to `5`; `WITHHELD`: the reply is dropped. */
export type MqttErrorCode = keyof typeof mqttErrors;

type ErrorOptions<Kind extends ServerErrorKind, Code> = Omit<OptionsOf<Kind>, 'error' | 'command'> & {
  /** The error's code; docs/faults.md lists those of each protocol. */
  readonly error: Code;
  /** Only replies to this command, or to these. Default: to any. */
  readonly command?: string | readonly string[];
};

const errorFault = <Kind extends ServerErrorKind>(
  kind: Kind,
  {command, ...options}: ErrorOptions<Kind, unknown>,
): FaultOf<Kind> =>
  made(kind, {...options, ...(command !== undefined && {command: [command].flat().join(' ')})});

/**
 * A Redis server answers with that error, such as `READONLY` after a failover. The command does not reach the target, and a
 * transaction that it is part of is discarded.
 */
export const redisError = (options: ErrorOptions<'redisError', RedisErrorCode>): RedisErrorFault =>
  errorFault('redisError', options);

/**
 * A PostgreSQL server answers a statement with that error, which ends its transaction as usual; refuses the connection; or
 * ends it unasked. The statement does not reach the target.
 */
export const postgresError = (
  options: ErrorOptions<'postgresError', PostgresErrorCode>,
): PostgresErrorFault => errorFault('postgresError', options);

/**
 * A MySQL or MariaDB server answers a statement with that error, which rolls back the transaction where the server's own would;
 * refuses the connection; or ends it unasked. The statement does not reach the target.
 */
export const mysqlError = (options: ErrorOptions<'mysqlError', MysqlErrorCode>): MysqlErrorFault =>
  errorFault('mysqlError', options);

/**
 * An AMQP 0-9-1 broker closes the channel or the connection with that code, refuses a message (`NACK`), or says that it accepts no
 * more (`BLOCKED`). The method does not reach the target, but for a message that is refused.
 */
export const amqpError = (options: ErrorOptions<'amqpError', AmqpErrorCode>): AmqpErrorFault =>
  errorFault('amqpError', options);

/** A mail server answers a command, or the mail itself (`BODY`), with that code; greets with it; or leaves with it. */
export const smtpError = (options: ErrorOptions<'smtpError', SmtpErrorCode>): SmtpErrorFault =>
  errorFault('smtpError', options);

/** A NATS server says that error, answers a request with it, or enters lame duck mode. The message does not reach the target. */
export const natsError = (options: ErrorOptions<'natsError', NatsErrorCode>): NatsErrorFault =>
  errorFault('natsError', options);

/** A memcached server answers with that error, by its text protocol or by its binary one. The command does not reach the target. */
export const memcachedError = (
  options: ErrorOptions<'memcachedError', MemcachedErrorCode>,
): MemcachedErrorFault => errorFault('memcachedError', options);

/**
 * An MQTT broker answers a packet with that code, refuses the connection, or ends it (version 5); what is answered so does not reach
 * the target. `WITHHELD` drops the target's reply.
 */
export const mqttError = (options: ErrorOptions<'mqttError', MqttErrorCode>): MqttErrorFault =>
  errorFault('mqttError', options);
