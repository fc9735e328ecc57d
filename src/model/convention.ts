// What was found when a library's telemetry was held against OpenTelemetry's semantic conventions.
import type {ConventionArea} from './telemetry.ts';

export const conventionLevels = ['violation', 'improvement', 'information'] as const;

/**
 * `violation`: what they say must be is not · `improvement`: a deprecated name, or what they recommend and tools rely
 * on · `information`: worth knowing, and nothing to mend by itself.
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
  /** The instrumentation scope that it comes from. */
  readonly scope: string;
  /** The attribute or the metric that it is about. */
  readonly subject: string;
  /** What was found, as one sentence. */
  readonly statement: string;
  /** How many spans or series show it. */
  readonly count: number;
  /** How many were looked at. */
  readonly ofCount: number;
  /** One span that shows it; null where it is not about spans. */
  readonly example: {
    /** 32 hex digits. */
    readonly traceId: string;
    /** 16 hex digits; null where no single span shows it. */
    readonly spanId: string | null;
  } | null;
};
