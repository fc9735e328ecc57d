// The plan of a run, made of what the scenario says and what the user asks for.
import {FoulweatherError} from '../model/errors.ts';
import {nonEmpty} from '../model/non-empty.ts';
import type {Plan, Variant} from '../model/plan.ts';
import {didYouMean} from '../model/suggestions.ts';
import {refuseTargetless, type TargetChoice} from './processes/start-target.ts';
import type {RunOptions} from './run-options.ts';

/**
 * Its target is still the scenario's own.
 * @throws FoulweatherError FW_UNKNOWN_VARIANT, FW_SERVICE_NEEDED, or FW_USAGE for a comparison of one variant
 */
export const choosePlan = (
  described: Plan,
  {variants, telemetry, reshape, precision}: RunOptions,
  target: TargetChoice,
): Plan => {
  const chosen = withVariants(described, variants);
  const asked = telemetry === false ? withoutTelemetry(chosen) : chosen;
  const plan = reshape?.(asked) ?? asked;
  refuseTargetless(plan, target);
  if (precision) refuseOneVariant(plan);
  return plan;
};

const withVariants = (plan: Plan, names: readonly string[] | null): Plan => {
  if (names === null) return plan;
  const known = plan.variants.map(variant => variant.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new FoulweatherError(
      'FW_UNKNOWN_VARIANT',
      `Scenario "${plan.name}" has no variant "${name}".`,
      didYouMean(name, known),
    );
  }
  const chosen = plan.variants.filter(variant => names.includes(variant.name));
  return {...plan, variants: nonEmpty(chosen, 'variants')};
};

const withoutTelemetry = (plan: Plan): Plan => ({
  ...plan,
  variants: nonEmpty(
    plan.variants.map((variant): Variant => ({...variant, process: {...variant.process, telemetry: 'off'}})),
    'variants',
  ),
});

const refuseOneVariant = ({name, variants}: Plan): void => {
  if (variants.length > 1) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `--until-precise compares two variants, but only "${variants[0].name}" of ${name} would run.`,
    'Add a variant to the scenario, choose two with --variant, or omit --until-precise.',
  );
};
