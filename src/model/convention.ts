// What was found when a library's telemetry was held against OpenTelemetry's semantic conventions.
import type {ConventionArea} from './telemetry.ts';

/**
 * `violation`: what they say must be is not · `improvement`: a deprecated name, or what they recommend and tools rely
 * on · `information`: worth knowing, and nothing to mend by itself.
 */
export const conventionLevels = ['violation', 'improvement', 'information'] as const;

export type ConventionLevel = (typeof conventionLevels)[number];

export type ConventionFinding = {
  readonly level: ConventionLevel;
  readonly area: ConventionArea;
  readonly signal: 'span' | 'metric';
  readonly rule: string;
  readonly scope: string;
  /** The attribute or the metric that it is about. */
  readonly subject: string;
  /** One plain sentence. */
  readonly statement: string;
  /** How many spans or series show it, and of how many. */
  readonly count: number;
  readonly ofCount: number;
  readonly example: {readonly traceId: string; readonly spanId: string | null} | null;
};
