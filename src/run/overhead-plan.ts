// A plan that asks what telemetry costs: one variant of the library in each telemetry mode, on a calm network.

import {telemetryModes} from '../model/choices.ts';
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import type {Plan, Variant} from '../model/plan.ts';

export type OverheadOptions = {
  /** Null: the first. */
  readonly variant: string | null;
  readonly concurrency: number;
  readonly measuredMs: number;
};

export const measuredPhase = 'measured';

const warmUpMs = 1000;

/** @throws FoulweatherError FW_UNKNOWN_VARIANT */
export const overheadPlan = (plan: Plan, {variant, concurrency, measuredMs}: OverheadOptions): Plan => {
  const base = variant === null ? plan.variants[0] : plan.variants.find(({name}) => name === variant);
  if (!base) {
    const known = plan.variants.map(({name}) => name).join(', ');
    throw new FoulweatherError(
      'FW_UNKNOWN_VARIANT',
      `Scenario "${plan.name}" has no variant "${variant}".`,
      `Its variants are: ${known}.`,
    );
  }
  const variants = telemetryModes.map(
    (telemetry): Variant => ({
      ...base,
      name: telemetry,
      madeOf: base.name,
      change: null,
      process: {...base.process, telemetry},
    }),
  );
  return {
    ...plan,
    variants: nonEmpty(variants, 'variants'),
    load: {model: 'closed', concurrency, ...(plan.load.clients && {clients: plan.load.clients})},
    phases: [
      {name: 'warm-up', role: 'warm-up', durationMs: warmUpMs, faults: []},
      {name: measuredPhase, role: 'baseline', durationMs: measuredMs, faults: []},
    ],
    goals: {},
  };
};
