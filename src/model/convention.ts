// The differences between a library's telemetry and OpenTelemetry's semantic conventions.
import type {ConventionArea} from './telemetry.ts';

export const conventionLevels = ['violation', 'improvement', 'information'] as const;

/**
 * `violation`: breaks a requirement · `improvement`: a deprecated name, or a recommendation that tools rely on · `information`: worth knowing, no action needed.
 */
export type ConventionLevel = (typeof conventionLevels)[number];

/** Where a library's telemetry differs from OpenTelemetry's semantic conventions. */
export type ConventionFinding = {
  /** How bad it is. */
  readonly level: ConventionLevel;
  /** The part of the conventions. */
  readonly area: ConventionArea;
  /** Where it was found. */
  readonly signal: 'span' | 'metric';
  /** The name of the rule. */
  readonly rule: string;
  /** The instrumentation scope it comes from. */
  readonly scope: string;
  /** The attribute or metric concerned. */
  readonly subject: string;
  /** What was found, as one sentence. */
  readonly statement: string;
  /** Number of spans or series that show it. */
  readonly count: number;
  /** Number checked. */
  readonly ofCount: number;
  /** A span that shows it; null if it is not about spans. */
  readonly example: {
    /** 32 hex digits. */
    readonly traceId: string;
    /** 16 hex digits; null if no single span shows it. */
    readonly spanId: string | null;
  } | null;
};
