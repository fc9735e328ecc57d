// The public face: what a scenario file imports.
export {ApplicationError} from './model/application-error.ts';
export type {DeliveryPromise, PhaseRole, TelemetryMode} from './model/choices.ts';
export type {
  BandwidthFault,
  BlackholeFault,
  CloseAfterFault,
  CoalesceFault,
  CorruptFault,
  Direction,
  Fault,
  FlapFault,
  HalfCloseFault,
  HalfOpenFault,
  LatencyFault,
  LimitConnectionsFault,
  LimitDataFault,
  RefuseFault,
  ResetAfterFault,
  ResetPeerFault,
  SlicerFault,
  SlowCloseFault,
  StallFault,
  TimeoutFault,
} from './model/fault.ts';
export {
  bandwidth,
  blackhole,
  closeAfter,
  coalesce,
  corrupt,
  flap,
  halfClose,
  halfOpen,
  latency,
  limitConnections,
  limitData,
  refuse,
  resetAfter,
  resetPeer,
  slicer,
  slowClose,
  stall,
  timeout,
} from './model/fault.ts';
export type {FaultInput, FaultScope, Moment, Ramp, ScopeOptions} from './model/fault-defaults.ts';
export type {GoalMetric, Goals, Limit, TelemetryGoal} from './model/goal.ts';
export type {GrpcStatus, Http2ErrorCode} from './model/http-codes.ts';
export type {
  ClosedWindowsFault,
  DropKeepAliveFault,
  GoAwayFault,
  GrpcStatusFault,
  HttpFault,
  HttpStatusFault,
  IgnorePingsFault,
  LimitStreamsFault,
  MalformedResponseFault,
  ResetStreamFault,
  SlowBodyFault,
  WithholdTrailersFault,
  WrongContentLengthFault,
} from './model/http-fault.ts';
export {
  closedWindows,
  dropKeepAlive,
  goAway,
  grpcStatus,
  httpFault,
  httpStatus,
  ignorePings,
  limitStreams,
  malformedResponse,
  resetStream,
  slowBody,
  withholdTrailers,
  wrongContentLength,
} from './model/http-fault.ts';
export type {Json} from './model/json.ts';
export {messageIds} from './model/message-id.ts';
export type {
  DeadAddressesFault,
  DnsEmptyFault,
  DnsNxdomainFault,
  DnsServfailFault,
  DnsSlowFault,
  DnsStaleFault,
  DnsTimeoutFault,
  MtuBlackHoleFault,
  PacketLossFault,
  PartitionFault,
  UnreachableFault,
} from './model/network-fault.ts';
export {
  deadAddresses,
  dnsEmpty,
  dnsNxdomain,
  dnsServfail,
  dnsSlow,
  dnsStale,
  dnsTimeout,
  mtuBlackHole,
  packetLoss,
  partition,
  unreachable,
} from './model/network-fault.ts';
export type {Load, ProcessOptions} from './model/plan.ts';
export type {
  AmqpErrorCode,
  AmqpErrorFault,
  MemcachedErrorCode,
  MemcachedErrorFault,
  MqttErrorCode,
  MqttErrorFault,
  MysqlErrorCode,
  MysqlErrorFault,
  NatsErrorCode,
  NatsErrorFault,
  PostgresErrorCode,
  PostgresErrorFault,
  RedisErrorCode,
  RedisErrorFault,
  SmtpErrorCode,
  SmtpErrorFault,
} from './model/reply-fault.ts';
export {
  amqpError,
  memcachedError,
  mqttError,
  mysqlError,
  natsError,
  postgresError,
  redisError,
  smtpError,
} from './model/reply-fault.ts';
export type {
  Answer,
  Applied,
  LedgerWriter,
  OpenContext,
  PerformContext,
  PrepareContext,
  StartContext,
  StartedTarget,
  VerifyContext,
} from './model/scenario-functions.ts';
export type {
  ServerKillFault,
  ServerPauseFault,
  ServerStopFault,
} from './model/server-fault.ts';
export {serverKill, serverPause, serverStop} from './model/server-fault.ts';
export type {ServiceName} from './model/service.ts';
export type {Severity} from './model/severity.ts';
export type {SymptomId, ThresholdChanges, Thresholds} from './model/symptoms.ts';
export type {TelemetryPresetName} from './model/telemetry-preset.ts';
export type {
  CertificateProblem,
  TlsAlertFault,
  TlsAlertName,
  TlsCloseFault,
  WrongCertificateFault,
} from './model/tls-fault.ts';
export {tlsAlert, tlsClose, wrongCertificate} from './model/tls-fault.ts';
export type {
  PhaseInput,
  ProgramInput,
  ProgramSubject,
  Scenario,
  ScenarioInput,
  SubjectInput,
  SweepInput,
  TargetInput,
  VariantInput,
} from './scenarios/define-scenario.ts';
export {defineScenario, program} from './scenarios/define-scenario.ts';
