// The public face: what a scenario file imports.
export {ApplicationError} from './model/application-error.ts';
export type {DeliveryPromise, PhaseRole, TelemetryMode} from './model/choices.ts';
export type {
  BandwidthFault,
  BlackholeFault,
  CloseAfterFault,
  CorruptFault,
  DeadAddressesFault,
  Direction,
  DnsEmptyFault,
  DnsNxdomainFault,
  DnsServfailFault,
  DnsSlowFault,
  DnsStaleFault,
  DnsTimeoutFault,
  Fault,
  FlapFault,
  HalfCloseFault,
  HalfOpenFault,
  LatencyFault,
  LimitConnectionsFault,
  LimitDataFault,
  MtuBlackHoleFault,
  PacketLossFault,
  PartitionFault,
  RefuseFault,
  ResetAfterFault,
  ResetPeerFault,
  SlicerFault,
  SlowCloseFault,
  StallFault,
  TimeoutFault,
  UnreachableFault,
} from './model/fault.ts';
export {
  bandwidth,
  blackhole,
  closeAfter,
  corrupt,
  deadAddresses,
  dnsEmpty,
  dnsNxdomain,
  dnsServfail,
  dnsSlow,
  dnsStale,
  dnsTimeout,
  flap,
  halfClose,
  halfOpen,
  latency,
  limitConnections,
  limitData,
  mtuBlackHole,
  packetLoss,
  partition,
  refuse,
  resetAfter,
  resetPeer,
  slicer,
  slowClose,
  stall,
  timeout,
  unreachable,
} from './model/fault.ts';
export type {FaultInput, FaultScope, Moment, Ramp, ScopeOptions} from './model/fault-defaults.ts';
export type {GoalMetric, Goals, Limit, TelemetryGoal} from './model/goal.ts';
export type {
  DropKeepAliveFault,
  HttpFault,
  HttpStatusFault,
  SlowBodyFault,
  WrongContentLengthFault,
} from './model/http-fault.ts';
export {dropKeepAlive, httpFault, httpStatus, slowBody, wrongContentLength} from './model/http-fault.ts';
export type {Json} from './model/json.ts';
export {messageIds} from './model/message-id.ts';
export type {Load, ProcessOptions} from './model/plan.ts';
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
  Scenario,
  ScenarioInput,
  SubjectInput,
  SweepInput,
  TargetInput,
  VariantInput,
} from './scenarios/define-scenario.ts';
export {defineScenario} from './scenarios/define-scenario.ts';
