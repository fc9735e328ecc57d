// What OpenTelemetry's semantic conventions ask of a client: data that scripts/semconv.ts extracts from their
// published model.
import type {ConventionArea} from '../model/telemetry.ts';
import data from './registry.json' with {type: 'json'};

export type Level = 'required' | 'conditional' | 'recommended' | 'opt-in';

type Levels = {readonly [attribute: string]: Level};

export type SpanRules = {readonly stability: string; readonly attributes: Levels};

export type MetricRules = {
  readonly area: ConventionArea;
  /** `counter`, `updowncounter`, `gauge` or `histogram`. */
  readonly instrument: string;
  readonly unit: string;
  readonly stability: string;
  /** What it is called now, or an empty text where nothing takes its place. */
  readonly deprecated?: string;
  readonly attributes: Levels;
};

export type Registry = {
  readonly sources: readonly {
    readonly repository: string;
    readonly version: string;
    readonly commit: string;
    readonly areas: readonly ConventionArea[];
  }[];
  readonly attributes: {
    readonly [name: string]: {
      /** `string`, `int`, `double`, `boolean`, `any`, one of these with `[]`, or `template[…]` for a prefix of names. */
      readonly type: string;
      readonly stability: string;
      readonly deprecated?: string;
    };
  };
  /** By `area/kind`. */
  readonly spans: {readonly [areaAndKind: string]: SpanRules};
  readonly metrics: {readonly [name: string]: MetricRules};
};

export const registry = data as Registry;
