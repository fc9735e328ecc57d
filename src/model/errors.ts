// The harness's own errors: a stable code, what was wrong, what to do, and the exit code.

export const exitCodes = {
  met: 0,
  missed: 1,
  inconclusive: 2,
  usage: 64,
  harness: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const errorKinds = {
  FW_USAGE: exitCodes.usage,
  FW_UNKNOWN_SCENARIO: exitCodes.usage,
  FW_UNKNOWN_VARIANT: exitCodes.usage,
  FW_UNKNOWN_RUN: exitCodes.usage,
  FW_SCENARIO_INVALID: exitCodes.usage,
  FW_SCENARIO_LOAD: exitCodes.usage,
  FW_SCENARIO_FAILED: exitCodes.usage,
  FW_MODULE_MISSING: exitCodes.usage,
  FW_NPM_MISSING: exitCodes.usage,
  FW_PACKAGE_INSTALL: exitCodes.usage,
  FW_PROGRAM_SETUP: exitCodes.usage,
  FW_TOOLCHAIN_MISSING: exitCodes.usage,
  FW_FILE_EXISTS: exitCodes.usage,
  FW_FILE_WRITE: exitCodes.usage,
  FW_TARGET_START: exitCodes.usage,
  FW_SERVICE_NEEDED: exitCodes.usage,
  FW_SERVICE_MISSING: exitCodes.usage,
  FW_SERVICE_START: exitCodes.usage,
  FW_TARGET_UNREACHABLE: exitCodes.usage,
  FW_PROXY_LISTEN: exitCodes.usage,
  FW_PROXY_CONFIG: exitCodes.usage,
  FW_PROXY_START: exitCodes.usage,
  FW_TOXIPROXY_UNREACHABLE: exitCodes.usage,
  FW_FAULT_UNSUPPORTED: exitCodes.usage,
  FW_NAMESPACE_NEEDED: exitCodes.usage,
  FW_NAMESPACE_REFUSED: exitCodes.usage,
  FW_TOXIPROXY_REFUSED: exitCodes.harness,
  FW_RUN_DAMAGED: exitCodes.usage,
  FW_RUN_VERSION: exitCodes.usage,
  FW_RUN_BROKEN: exitCodes.harness,
  FW_SHARD_EMPTY: exitCodes.met,
  FW_SHARD_FOREIGN: exitCodes.usage,
  FW_SHARD_DOUBLE: exitCodes.usage,
  FW_SHARD_MISSING: exitCodes.inconclusive,
  FW_EXPLORE_CALM: exitCodes.usage,
  FW_EXPLORE_UNSEEN: exitCodes.usage,
  FW_INTERRUPTED: exitCodes.interrupted,
  FW_CHILD_FAILED: exitCodes.harness,
  FW_INTERNAL: exitCodes.harness,
} as const;

export type ErrorCode = keyof typeof errorKinds;

/** An error that a user is meant to read: one line of what was wrong, one of what to do. */
export class FoulweatherError extends Error {
  override readonly name = 'FoulweatherError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly exitCode: ExitCode;
  /** Lines between the two: the frames of a stack. */
  readonly details: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    options: {readonly cause?: unknown; readonly details?: readonly string[]} = {},
  ) {
    const {details = [], ...base} = options;
    super(message, base);
    this.details = details;
    this.code = code;
    this.hint = hint;
    this.exitCode = errorKinds[code];
  }
}

/** Whether the command has to be started again in a network namespace. */
export const isNamespaceNeeded = (error: unknown): boolean =>
  error instanceof FoulweatherError && error.code === 'FW_NAMESPACE_NEEDED';
