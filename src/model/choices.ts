// Words that a scenario chooses from, for those who need them at run time, too.

export const phaseRoles = ['warm-up', 'baseline', 'fault', 'recovery'] as const;

/** `warm-up`: not counted · `baseline`: no faults, for comparison · `fault`: with faults · `recovery`: no faults, after a fault. */
export type PhaseRole = (typeof phaseRoles)[number];

/** How often a consumer gets each message that was acknowledged to its sender. */
export const deliveryPromises = ['at-least-once', 'at-most-once', 'exactly-once'] as const;

/** How often a consumer gets each message that was acknowledged to its sender. */
export type DeliveryPromise = (typeof deliveryPromises)[number];

export const telemetryModes = ['off', 'api-only', 'unsampled', 'metrics-only', 'full'] as const;

/**
 * How much of telemetry a subject has. `off`: no SDK and no instrumentation · `api-only`: instrumentations, and no SDK
 * behind them · `unsampled`: an SDK whose sampler takes no span, and no metrics · `metrics-only` · `full`.
 */
export type TelemetryMode = (typeof telemetryModes)[number];
