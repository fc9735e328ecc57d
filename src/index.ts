// The public face: what a scenario file imports.
export {ApplicationError} from './model/application-error.ts';
export type {Direction, Fault} from './model/fault.ts';
export {
  bandwidth,
  blackhole,
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
export type {Ramp} from './model/fault-scope.ts';
export type {GoalMetric, Goals, Limit, TelemetryGoal} from './model/goal.ts';
export {dropKeepAlive, httpFault, httpStatus, slowBody, wrongContentLength} from './model/http-fault.ts';
export {messageIds} from './model/message-id.ts';
export type {DeliveryPromise, Load, PhaseRole} from './model/plan.ts';
export type {CertificateProblem, TlsAlertName} from './model/tls-fault.ts';
export {tlsAlert, tlsClose, wrongCertificate} from './model/tls-fault.ts';
export type {
  Answer,
  Applied,
  LedgerWriter,
  OpenContext,
  PerformContext,
  PhaseInput,
  Scenario,
  ScenarioInput,
  StartedTarget,
  SubjectInput,
  TargetInput,
  VariantInput,
  VerifyContext,
} from './scenarios/define-scenario.ts';
export {defineScenario} from './scenarios/define-scenario.ts';
