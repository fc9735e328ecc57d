// A run's beginning: the scenario is described, its plan chosen, its packages installed, its processes started; and
// then there is a folder to save it in.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import type {Environment, RunRecord} from '../model/run.ts';
import {services} from '../services/catalogue.ts';
import {dataFolder, RunFolder, runIdOf} from '../store/run-folder.ts';
import {choosePlan} from './choose-plan.ts';
import {describeScenario} from './describe.ts';
import {describeEnvironment} from './environment.ts';
import {interruptedEarly, unlessAborted} from './interruption.ts';
import {defaultLimits} from './limits.ts';
import {isInNamespace, namespaceLaunch, namespaceNeeded, needsNamespace, refuseOutside} from './namespace.ts';
import {setUpProgram} from './npm.ts';
import {installPackages} from './packages.ts';
import {firstTrials} from './precision.ts';
import {withExtraCaCerts} from './processes/extra-ca-certs.ts';
import {startInjector} from './processes/start-injector.ts';
import {startReceiver} from './processes/start-receiver.ts';
import {startTarget, type TargetChoice, withTarget} from './processes/start-target.ts';
import type {Supervisor} from './processes/supervisor.ts';
import {installRequirements} from './requirements.ts';
import {roundsOfShard} from './rounds.ts';
import type {RunOptions} from './run-options.ts';
import type {TrialContext} from './trial/trial-context.ts';

/** Nothing of it is written yet, but for the empty folder. */
export type StartedRun = {
  readonly context: TrialContext;
  readonly folder: RunFolder;
  readonly record: RunRecord;
};

/** @throws FoulweatherError before there is anything to save */
export const startRun = async (
  supervisor: Supervisor,
  options: RunOptions,
  signal: AbortSignal,
): Promise<StartedRun> => {
  const {
    scenarioFile,
    seed,
    toxiproxyUrl,
    baseDir,
    observer,
    environment,
    target: choice = asTheScenarioSays,
  } = options;
  const limits = {...defaultLimits, ...options.limits};
  // It does not depend on the plan, and loads while the scenario does.
  const receiving = startReceiver(supervisor, limits.startMs);
  receiving.catch(() => {});
  const describing = describeEnvironment(options.version, baseDir);
  const described =
    options.described ?? (await describeScenario(supervisor, options, {limitMs: limits.describeMs, signal}));
  const wanted = choosePlan(described, options, choice);
  const plan = withTarget(wanted, choice);
  const extent = extentOf(options, plan);
  const dataDir = options.dataDir ?? dataFolder(baseDir);
  refuseOutside(plan, options);
  const isMoving = needsNamespace(plan, environment);
  if (isMoving) namespaceLaunch(environment);
  // In the namespace nothing can be downloaded: setup and installations come before.
  if (plan.program?.setup && !isInNamespace(environment)) {
    observer.preparing?.(`running ${plan.program.setup.join(' ')}`);
    await setUpProgram(plan.program, scenarioFile, {environment, signal});
  }
  const packagesDir = options.packagesDir ?? dataDir;
  const installing = {scenarioFile, dataDir: packagesDir, environment, signal, observer};
  const packages = await installPackages(plan, installing);
  const programCommands = await installRequirements(plan, installing);
  if (isMoving) throw namespaceNeeded();
  if (wanted.target.kind === 'service' && choice.targetUrl === null) {
    observer.preparing?.(`starting ${services[wanted.target.service].title}`);
  }
  const [target, injector, receiver] = await unlessAborted(
    signal,
    Promise.all([
      startTarget(supervisor, wanted, scenarioFile, choice, limits),
      startInjector(supervisor, plan, {
        seed,
        toxiproxyUrl,
        environment,
        limitMs: limits.startMs,
      }),
      receiving,
      supervisor.guarded,
    ]),
    interruptedEarly,
  );
  const startedAt = options.now();
  const {folder, id} = await RunFolder.create(dataDir, runIdOf(startedAt, plan.name));
  const context: TrialContext = {
    supervisor,
    runId: id,
    plan,
    scenarioFile,
    target,
    injector,
    receiver,
    packages,
    programCommands,
    ...(await withExtraCaCerts(environment, {plan, target, injector, folder})),
    signal,
    limits,
    profiles: options.profiles,
    heapSnapshot: options.heapSnapshot ?? false,
    keepGoing: options.withoutLoad === 'load',
  };
  if (options.relay) receiver.child.send({kind: 'relay', target: options.relay});
  const record = newRecord(options, plan, extent, id, startedAt, {
    ...(await describing),
    injector: injector.version,
    ...(target.description !== null && {target: target.description}),
  });
  return {context, folder, record};
};

const asTheScenarioSays: TargetChoice = {targetUrl: null, startServices: false};

type Extent = Pick<RunRecord, 'trialsPerVariant' | 'shard'>;

/**
 * How many trials the whole run has, and which of them are made here.
 * @throws FoulweatherError FW_SHARD_EMPTY
 */
const extentOf = ({scenario, shard, precision, trialsPerVariant: asked}: RunOptions, plan: Plan): Extent => {
  const trialsPerVariant = firstTrials(asked ?? trialsOf(plan), precision ?? null);
  if (!shard) return {trialsPerVariant};
  const rounds = roundsOfShard(shard, {trialsPerVariant, scenario});
  if (rounds.length > 0) return {trialsPerVariant, shard: {...shard, rounds}};
  throw new FoulweatherError(
    'FW_SHARD_EMPTY',
    `Shard ${shard.index} of ${shard.count} has nothing to do: ${plan.name} has ${trialsPerVariant} ${trialsPerVariant === 1 ? 'trial' : 'trials'} per variant, and other shards make them.`,
    'Use fewer shards, or more --trials.',
  );
};

const newRecord = (
  {scenario, seed, precision, command}: RunOptions,
  plan: Plan,
  extent: Extent,
  id: string,
  startedAt: Date,
  environment: Environment,
): RunRecord => ({
  schemaVersion: 1,
  id,
  scenario,
  plan,
  seed,
  ...extent,
  ...(precision && {precision: {...precision, end: null}}),
  command: command(plan),
  startedAt: startedAt.toISOString(),
  status: 'running',
  endedAt: null,
  environment,
  calibration: null,
  trialIds: [],
});

/** Several trials give a ratio: one variant alone has none. */
export const trialsOf = ({trials = 1, variants}: Plan): number => (variants.length > 1 ? trials : 1);
