// A search from its scenario on: the plan, the versions that are compared, and the environments that its trials run in.
import type {Exploration} from '../../explore/exploration.ts';
import {searchedPlan, withoutTelemetry} from '../../explore/search.ts';
import type {Plan} from '../../model/plan.ts';
import {choosePlan} from '../choose-plan.ts';
import {describeScenario} from '../describe.ts';
import {defaultLimits} from '../limits.ts';
import {setUpProgram} from '../npm.ts';
import {Supervisor} from '../processes/supervisor.ts';
import {installRequirements} from '../requirements.ts';
import {Crew} from './crew.ts';
import {type CrewOf, type ExploreOptions, search} from './search.ts';

/** Beside the trials of episodes: a proof waits most of the time. */
const proofTrialsAtOnce = 6;

/** And the plan that its trials had, but for their phases. */
export type Explored = {readonly exploration: Exploration; readonly plan: Plan};

/** @throws FoulweatherError FW_EXPLORE_CALM, FW_EXPLORE_UNSEEN, and those of a run that cannot start */
export const explore = async (options: ExploreOptions): Promise<Explored> => {
  const {run} = options;
  const supervisor = Supervisor.start(run.environment);
  try {
    const limits = {...defaultLimits, ...run.limits};
    const described = await describeScenario(supervisor, run, {
      limitMs: limits.describeMs,
      signal: run.signal,
    });
    const chosen = choosePlan(described, {...run, variants: run.variants}, run.target ?? asTheScenarioSays);
    // Of a comparison of versions the installed one is the last.
    const others = run.reshape === undefined ? [] : chosen.variants.slice(0, -1).map(withoutTelemetry);
    const plan = searchedPlan(chosen, chosen.variants[others.length]?.name ?? null);
    const {reshape: _, ...asChosen} = {...run, variants: null};
    const all = await withProgramSetUp({...plan, variants: [plan.variants[0], ...others]}, options);
    const isShared = plan.target.kind === 'url' || run.target?.targetUrl != null;
    const mostWorkers = isShared ? 1 : options.jobs + proofTrialsAtOnce;
    const crewOf: CrewOf = (signal, limited) =>
      new Crew({supervisor, run: asChosen, plan: all, signal, mostWorkers, limited});
    return {exploration: await search(options, plan, crewOf, others), plan};
  } finally {
    await supervisor.stop();
  }
};

/** Once: the environments, which begin beside each other, would disturb each other. */
const withProgramSetUp = async (plan: Plan, {run, observer}: ExploreOptions): Promise<Plan> => {
  const installing = {...run, dataDir: run.packagesDir ?? run.dataDir, observer: {preparing: observer.step}};
  await installRequirements(plan, installing);
  if (plan.program?.setup === undefined) return plan;
  const {setup, ...program} = plan.program;
  observer.step(`running ${setup.join(' ')}`);
  await setUpProgram(plan.program, run.scenarioFile, run);
  return {...plan, program};
};

const asTheScenarioSays = {targetUrl: null, startServices: false};
