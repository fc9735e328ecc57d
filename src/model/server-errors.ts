// What servers say when they are in trouble, by protocol: the errors with their usual texts, and the commands that a rule can
// name. A protocol more is an entry of `protocols`.

/** In the place of the first reply of a connection, in the place of a command's reply, or without having been asked. */
export type ErrorMoment = 'connect' | 'command' | 'unasked';

/** What becomes of the connection: it goes on, or ends in order (FIN) or by a reset (RST). */
export type ErrorEnding = 'none' | 'close' | 'abort';

/** An error and what is usual for it; a text alone answers a command, and the connection goes on. */
export type ServerError =
  | string
  | {readonly text: string; readonly when?: ErrorMoment; readonly ending?: ErrorEnding};

/** A protocol in which a server has errors of its own, by its name in the API. */
export type ProtocolName = 'redis' | 'postgres' | 'mysql' | 'amqp' | 'smtp' | 'nats' | 'memcached' | 'mqtt';

export type ProtocolFacts = {
  /** As its makers write it. */
  readonly title: string;
  /** In upper case. */
  readonly commands: ReadonlySet<string>;
  /** Further commands: those of Redis's modules, for one. */
  readonly otherCommands?: RegExp;
  readonly errors: Readonly<Record<string, ServerError>>;
  /** Errors that are in no table, which need a message: any SQLSTATE, for one. */
  readonly otherErrors?: RegExp;
  /** What a rule's `key` is compared with; null: messages of this protocol have none. */
  readonly key: string | null;
  /** The services that speak it. */
  readonly services: readonly string[];
};

const moments = ['usual', 'connect', 'command', 'unasked'];
const endings = ['usual', 'none', 'close', 'abort'];

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const atConnect = (text: string): ServerError => ({text, when: 'connect', ending: 'close'});
const unasked = (text: string): ServerError => ({text, when: 'unasked', ending: 'close'});

/** From Redis's sources (`server.c`, `cluster.c`), each with the code that clients compare. */
export const redisErrors = {
  ASK: 'ASK {slot} {address}',
  BUSY: 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  CLUSTERDOWN: 'CLUSTERDOWN The cluster is down',
  CROSSSLOT: "CROSSSLOT Keys in request don't hash to the same slot",
  DENIED: atConnect('DENIED Redis is running in protected mode because protected mode is enabled'),
  EXECABORT: 'EXECABORT Transaction discarded because of previous errors.',
  LOADING: 'LOADING Redis is loading the dataset in memory',
  MASTERDOWN: "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  MAXCLIENTS: atConnect('ERR max number of clients reached'),
  MISCONF:
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled.",
  MOVED: 'MOVED {slot} {address}',
  NOAUTH: 'NOAUTH Authentication required.',
  NOPERM: 'NOPERM this user has no permissions to run this command',
  NOREPLICAS: 'NOREPLICAS Not enough good replicas to write.',
  NOSCRIPT: 'NOSCRIPT No matching script. Please use EVAL.',
  OOM: "OOM command not allowed when used memory > 'maxmemory'.",
  READONLY: "READONLY You can't write against a read only replica.",
  TRYAGAIN: 'TRYAGAIN Multiple keys request during rehashing of slot',
  UNBLOCKED: 'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
  WRONGPASS: 'WRONGPASS invalid username-password pair or user is disabled.',
} as const satisfies Readonly<Record<string, ServerError>>;

const redisCommands = words(`
  ACL APPEND ASKING AUTH BGREWRITEAOF BGSAVE BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS BLMOVE BLMPOP BLPOP BRPOP
  BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT CLUSTER COMMAND CONFIG COPY DBSIZE DEBUG DECR DECRBY DEL DISCARD DUMP ECHO
  EVAL EVALSHA EVALSHA_RO EVAL_RO EXEC EXISTS EXPIRE EXPIREAT EXPIRETIME FAILOVER FCALL FCALL_RO FLUSHALL FLUSHDB
  FUNCTION GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH
  GEOSEARCHSTORE GET GETBIT GETDEL GETEX GETRANGE GETSET HDEL HELLO HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL
  HGETDEL HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD
  HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS INCR INCRBY INCRBYFLOAT INFO KEYS LASTSAVE LATENCY LCS LINDEX LINSERT LLEN
  LMOVE LMPOP LOLWUT LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM MEMORY MGET MIGRATE MODULE MONITOR MOVE MSET MSETEX
  MSETNX MULTI OBJECT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD PFCOUNT PFDEBUG PFMERGE PFSELFTEST PING PSETEX
  PSUBSCRIBE PSYNC PTTL PUBLISH PUBSUB PUNSUBSCRIBE QUIT RANDOMKEY READONLY READWRITE RENAME RENAMENX REPLCONF REPLICAOF
  RESET RESTORE RESTORE-ASKING ROLE RPOP RPOPLPUSH RPUSH RPUSHX SADD SAVE SCAN SCARD SCRIPT SDIFF SDIFFSTORE SELECT SET
  SETBIT SETEX SETNX SETRANGE SHUTDOWN SINTER SINTERCARD SINTERSTORE SISMEMBER SLAVEOF SLOWLOG SMEMBERS SMISMEMBER SMOVE
  SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SREM SSCAN SSUBSCRIBE STRLEN SUBSCRIBE SUBSTR SUNION SUNIONSTORE SUNSUBSCRIBE
  SWAPDB SYNC TIME TOUCH TTL TYPE UNLINK UNSUBSCRIBE UNWATCH WAIT WAITAOF WATCH XACK XACKDEL XADD XAUTOCLAIM XCLAIM XDEL
  XDELEX XGROUP XINFO XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE XSETID XTRIM ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE
  ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX
  ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX
  ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE
`);

/** SQLSTATEs (PostgreSQL's documentation, appendix A) with the texts that its server has for them. */
export const postgresErrors = {
  '08P01': 'protocol violation',
  '0A000': 'cached plan must not change result type',
  '23505': 'duplicate key value violates unique constraint',
  '25006': 'cannot execute this statement in a read-only transaction',
  '25P02': 'current transaction is aborted, commands ignored until end of transaction block',
  '25P03': unasked('terminating connection due to idle-in-transaction timeout'),
  '26000': 'prepared statement does not exist',
  '28000': atConnect('no pg_hba.conf entry for host'),
  '28P01': atConnect('password authentication failed'),
  '3D000': atConnect('database does not exist'),
  '40001': 'could not serialize access due to concurrent update',
  '40P01': 'deadlock detected',
  '42P05': 'prepared statement already exists',
  '53100': 'could not extend file: No space left on device',
  '53200': 'out of memory',
  '53300': atConnect('sorry, too many clients already'),
  '55P03': 'canceling statement due to lock timeout',
  '57014': 'canceling statement due to statement timeout',
  '57P01': unasked('terminating connection due to administrator command'),
  '57P02': unasked('terminating connection because of crash of another server process'),
  '57P03': atConnect('the database system is starting up'),
  '57P05': unasked('terminating connection due to idle-session timeout'),
  '58030': 'could not read block in file: Input/output error',
  XX000: 'internal error',
} as const satisfies Readonly<Record<string, ServerError>>;

/** The first words of statements. */
const postgresCommands = words(`
  ABORT ALTER ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD DO
  DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX
  RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH
`);

/**
 * Numbers of MySQL's and MariaDB's error messages, each with its SQLSTATE and its text. A number that only one of the two has is
 * said by either.
 */
export const mysqlErrors = {
  '1040': atConnect('08004 Too many connections'),
  '1044': atConnect('42000 Access denied for user to database'),
  '1045': atConnect('28000 Access denied for user'),
  '1053': unasked('08S01 Server shutdown in progress'),
  '1129': atConnect(
    "HY000 Host is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'",
  ),
  '1158': unasked('08S01 Got an error reading communication packets'),
  '1180': 'HY000 Got error during COMMIT',
  '1203': atConnect("42000 User already has more than 'max_user_connections' active connections"),
  '1205': 'HY000 Lock wait timeout exceeded; try restarting transaction',
  '1206': 'HY000 The total number of locks exceeds the lock table size',
  '1213': '40001 Deadlock found when trying to get lock; try restarting transaction',
  '1226': "42000 User has exceeded the 'max_questions' resource",
  '1290': 'HY000 The MySQL server is running with the --read-only option so it cannot execute this statement',
  '1317': '70100 Query execution was interrupted',
  '1836': 'HY000 Running in read-only mode',
  '1927': {text: '70100 Connection was killed', ending: 'close'},
  '3024': 'HY000 Query execution was interrupted, maximum statement execution time exceeded',
  '3101': '40000 Plugin instructed the server to rollback the current transaction.',
  '4031': unasked(
    'HY000 The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.',
  ),
} as const satisfies Readonly<Record<string, ServerError>>;

/** The first words of statements, and what clients ask for without one: PING, RESET. */
const mysqlCommands = words(`
  ALTER ANALYZE BEGIN CACHE CALL CHANGE CHECK CHECKSUM COMMIT CREATE DEALLOCATE DELETE DESC DESCRIBE DO DROP EXECUTE
  EXPLAIN FLUSH GET GRANT HANDLER HELP IMPORT INSERT INSTALL KILL LOAD LOCK OPTIMIZE PING PREPARE PURGE RELEASE RENAME
  REPAIR REPLACE RESET RESIGNAL REVOKE ROLLBACK SAVEPOINT SELECT SET SHOW SHUTDOWN SIGNAL START STOP TABLE TRUNCATE
  UNINSTALL UNLOCK UPDATE USE VALUES WITH XA
`);

/** Reply codes of AMQP 0-9-1 (specification, 1.2) with RabbitMQ's texts, and two things that are no code. */
export const amqpErrors = {
  '311': 'CONTENT_TOO_LARGE - message size is larger than configured max size',
  '320': unasked("CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
  '403': 'ACCESS_REFUSED - access was refused',
  '404': 'NOT_FOUND - no such queue or exchange',
  '405': 'RESOURCE_LOCKED - cannot obtain exclusive access to locked queue',
  '406': 'PRECONDITION_FAILED - inequivalent argument',
  '501': {text: 'FRAME_ERROR', ending: 'close'},
  '504': {text: "CHANNEL_ERROR - expected 'channel.open'", ending: 'close'},
  '506': {text: 'RESOURCE_ERROR', ending: 'close'},
  '530': atConnect('NOT_ALLOWED - access to vhost refused'),
  '541': {text: 'INTERNAL_ERROR', ending: 'close'},
  BLOCKED: {text: 'low on memory', when: 'unasked'},
  NACK: '',
} as const satisfies Readonly<Record<string, ServerError>>;

const amqpCommands = words(`
  BASIC.ACK BASIC.CANCEL BASIC.CONSUME BASIC.GET BASIC.NACK BASIC.PUBLISH BASIC.QOS BASIC.RECOVER BASIC.REJECT
  CONFIRM.SELECT EXCHANGE.BIND EXCHANGE.DECLARE EXCHANGE.DELETE EXCHANGE.UNBIND QUEUE.BIND QUEUE.DECLARE QUEUE.DELETE
  QUEUE.PURGE QUEUE.UNBIND TX.COMMIT TX.ROLLBACK TX.SELECT
`);

/** Replies of SMTP (RFC 5321, 4.2.3), with the enhanced codes of RFC 3463. */
export const smtpErrors = {
  '421': unasked('4.3.2 Service not available, closing transmission channel'),
  '450': '4.2.1 Mailbox unavailable',
  '451': '4.3.0 Local error in processing',
  '452': '4.3.1 Insufficient system storage',
  '454': '4.7.0 Temporary authentication failure',
  '530': '5.7.0 Authentication required',
  '535': '5.7.8 Authentication credentials invalid',
  '550': '5.1.1 Mailbox unavailable',
  '552': '5.2.2 Mailbox full',
  '554': atConnect('5.3.2 No SMTP service here'),
} as const satisfies Readonly<Record<string, ServerError>>;

/** BODY is what follows DATA. */
const smtpCommands = words(`
  AUTH BDAT BODY DATA EHLO ETRN EXPN HELO HELP LHLO MAIL NOOP QUIT RCPT RSET STARTTLS VRFY
`);

/** Errors of NATS and of its JetStream, by short names and numbers, and three things that are no error. */
export const natsErrors = {
  '503': 'no responders',
  '10008': 'JetStream system temporarily unavailable',
  '10023': 'insufficient resources',
  '10039': 'JetStream not enabled for account',
  '10047': 'insufficient storage resources available',
  AUTHORIZATION_VIOLATION: atConnect('Authorization Violation'),
  LAME_DUCK: {text: 'lame duck mode', when: 'unasked'},
  MAX_CONNECTIONS: atConnect('maximum connections exceeded'),
  PERMISSIONS_VIOLATION: 'Permissions Violation',
  SLOW_CONSUMER: unasked('Slow Consumer'),
  STALE_CONNECTION: unasked('Stale Connection'),
  WITHHELD: 'no reply',
} as const satisfies Readonly<Record<string, ServerError>>;

/** Reason codes of MQTT: those of version 5 in hexadecimal, those that 3.1.1 has in its CONNACK in decimal. */
export const mqttErrors = {
  '2': atConnect('identifier rejected'),
  '3': atConnect('server unavailable'),
  '4': atConnect('bad user name or password'),
  '5': atConnect('not authorized'),
  '0x80': 'unspecified error',
  '0x86': atConnect('bad user name or password'),
  '0x87': 'not authorized',
  '0x88': atConnect('server unavailable'),
  '0x89': atConnect('server busy'),
  '0x8B': unasked('server shutting down'),
  '0x8D': unasked('keep alive timeout'),
  '0x8E': unasked('session taken over'),
  '0x97': 'quota exceeded',
  '0x98': unasked('administrative action'),
  '0x9C': atConnect('use another server'),
  '0x9D': atConnect('server moved'),
  WITHHELD: 'no reply',
} as const satisfies Readonly<Record<string, ServerError>>;

/** What memcached says by its text protocol, and the status by its binary one. */
export const memcachedErrors = {
  BUSY: 'SERVER_ERROR out of memory writing get response',
  INTERNAL: 'SERVER_ERROR internal error',
  OUT_OF_MEMORY: 'SERVER_ERROR out of memory storing object',
  TEMPORARY: 'SERVER_ERROR temporary failure',
  TOO_LARGE: 'SERVER_ERROR object too large for cache',
} as const satisfies Readonly<Record<string, ServerError>>;

const memcachedCommands = words(`
  ADD APPEND CAS DECR DELETE FLUSH_ALL GAT GATS GET GETS INCR MA MD ME MG MN MS NOOP PREPEND QUIT REPLACE SET STATS TOUCH
  VERBOSITY VERSION
`);

/** By the kind of fault. */
export const protocols = {
  redisError: {
    title: 'Redis',
    commands: redisCommands,
    // Of modules, and of commands that have some, as in Redis's own lists: JSON.GET, CLIENT|SETNAME.
    otherCommands: /^[A-Z]\w*(?:\.[\w.]+|\|[A-Z-]+)$/,
    errors: redisErrors,
    // A whole line of the server's: a code, and a text.
    otherErrors: /^[A-Z][A-Z0-9]* [\x20-\x7e]+$/,
    key: 'the key',
    services: ['redis'],
  },
  postgresError: {
    title: 'PostgreSQL',
    commands: postgresCommands,
    errors: postgresErrors,
    otherErrors: /^[0-9A-Z]{5}$/,
    key: null,
    services: ['postgres'],
  },
  mysqlError: {
    title: 'MySQL',
    commands: mysqlCommands,
    errors: mysqlErrors,
    otherErrors: /^[1-9]\d{3}$/,
    key: null,
    services: ['mariadb'],
  },
  amqpError: {
    title: 'AMQP 0-9-1',
    commands: amqpCommands,
    errors: amqpErrors,
    key: 'the queue, the exchange or the routing key',
    services: ['rabbitmq'],
  },
  smtpError: {
    title: 'SMTP',
    commands: smtpCommands,
    errors: smtpErrors,
    otherErrors: /^[45]\d\d$/,
    key: null,
    services: [],
  },
  natsError: {
    title: 'NATS',
    commands: words('CONNECT HPUB PING PONG PUB SUB UNSUB'),
    errors: natsErrors,
    key: 'the subject',
    services: ['nats'],
  },
  memcachedError: {
    title: 'memcached',
    commands: memcachedCommands,
    errors: memcachedErrors,
    otherErrors: /^(?:SERVER_ERROR|CLIENT_ERROR) [\x20-\x7e]+$/,
    key: 'the key',
    services: ['memcached'],
  },
  mqttError: {
    title: 'MQTT',
    commands: words('PINGREQ PUBLISH SUBSCRIBE UNSUBSCRIBE'),
    errors: mqttErrors,
    key: 'the topic',
    services: ['mosquitto'],
  },
} as const satisfies Readonly<Record<`${ProtocolName}Error`, ProtocolFacts>>;

/** The kind of fault by which a protocol's server speaks. */
export type ServerErrorKind = keyof typeof protocols;

export const serverErrorKinds = Object.keys(protocols) as readonly ServerErrorKind[];

export const isServerError = (kind: string): kind is ServerErrorKind => Object.hasOwn(protocols, kind);

/** `redis` of `redisError`. */
export const protocolOf = (kind: ServerErrorKind): ProtocolName => kind.replace(/Error$/, '') as ProtocolName;

/** The type of its toxic: `redis_error`. */
export const toxicOf = (kind: ServerErrorKind): string => `${protocolOf(kind)}_error`;

/** What a library speaks, where its server has errors of its own. */
export type Speech = 'http' | 'http2' | 'grpc' | ProtocolName;

/** As its makers write it. */
export const titleOf = (speech: Speech): string =>
  speech === 'http' || speech === 'http2' || speech === 'grpc'
    ? {http: 'HTTP', http2: 'HTTP/2', grpc: 'gRPC'}[speech]
    : protocols[`${speech}Error` as const].title;

/** Of a fault, or of a toxic's attributes. `usual`: as is usual for the error. */
export type ErrorChoice = {
  readonly error: string;
  readonly message: string;
  readonly command: string;
  readonly key: string;
  readonly when: string;
  readonly ending: string;
};

export type ChosenError = {
  readonly code: string;
  readonly text: string;
  readonly when: ErrorMoment;
  readonly ending: ErrorEnding;
};

/** The commands of a rule, in upper case; none: any. */
export const commandsOf = ({command}: Pick<ErrorChoice, 'command'>): readonly string[] =>
  command
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(name => name !== '');

/** What is asked for, with what is usual for it. */
export const chosenError = (kind: ServerErrorKind, choice: ErrorChoice): ChosenError => {
  const {error, message} = choice;
  const {errors}: ProtocolFacts = protocols[kind];
  const known = Object.hasOwn(errors, error) ? errors[error]! : error;
  const {text, when = 'command', ending = 'none'} = typeof known === 'string' ? {text: known} : known;
  return {
    code: error.split(' ', 1)[0] ?? '',
    text: message === '' ? text : message,
    // A rule for commands is one for their replies.
    when:
      choice.when === 'usual'
        ? commandsOf(choice).length > 0
          ? 'command'
          : when
        : (choice.when as ErrorMoment),
    ending: choice.ending === 'usual' ? ending : (choice.ending as ErrorEnding),
  };
};

/** Why there is no such error, or null. */
export const refuseError = (kind: ServerErrorKind, choice: ErrorChoice): string | null => {
  const {title, errors, otherErrors, commands, otherCommands, key}: ProtocolFacts = protocols[kind];
  const {error, message} = choice;
  const isKnown = Object.hasOwn(errors, error);
  if (!isKnown && otherErrors?.test(error) !== true)
    return `error: ${title} has no error "${error}". Known: ${Object.keys(errors).join(', ')}`;
  if (!isKnown && message === '' && !error.includes(' '))
    return `error: "${error}" needs a message; only these have one: ${Object.keys(errors).join(', ')}`;
  if (!/^[^\p{Cc}]{0,1000}$/u.test(message)) return 'message must be one line of at most 1000 characters';
  const unknown = commandsOf(choice).find(name => !commands.has(name) && otherCommands?.test(name) !== true);
  if (unknown !== undefined) return `command: ${title} has no command "${unknown}"`;
  if (choice.key !== '' && key === null) return `key: commands of ${title} have none`;
  if (!moments.includes(choice.when)) return `when must be one of ${moments.join(', ')}`;
  if (!endings.includes(choice.ending)) return `ending must be one of ${endings.join(', ')}`;
  if (choice.key.length > 256) return 'key must have at most 256 characters';
  if (commandsOf(choice).length > 0 && !['usual', 'command'].includes(choice.when))
    return 'command can only be combined with when "command"';
  if (choice.key !== '' && chosenError(kind, choice).when !== 'command')
    return 'key can only be combined with when "command"';
  return null;
};
