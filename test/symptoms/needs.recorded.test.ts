// No detector calls a library clear of what it did not see: from trials of healthy clients one witness after the other is
// taken away, and what needs it is no longer clear.
import test from 'ava';
import type {SymptomId} from '../../src/model/finding.ts';
import type {Plan} from '../../src/model/plan.ts';
import {symptomIds} from '../../src/model/symptoms.ts';
import {phaseWindow, type Trial} from '../../src/model/trial.ts';
import {detect} from '../../src/symptoms/detect.ts';
import {recordedRuns} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const withPhases = (trial: Trial, keeps: (phase: number) => boolean): Trial => {
  const isKept = (atMs: number): boolean => {
    const phase = trial.edges.findLast(edge => edge.beforeMs <= atMs)?.phase;
    return phase === undefined || keeps(phase);
  };
  const {driver} = trial;
  return {
    ...trial,
    driver: {
      ...driver,
      phases: driver.phases.filter(({phase}) => keeps(phase)),
      bins: driver.bins.filter(({startMs}) => isKept(startMs)),
    },
  };
};

const roleOf = (trial: Trial, phase: number) => trial.plan.phases[phase]?.role;

/** All callers hang from the first fault on: nothing is started any more. */
const withoutStarts = (trial: Trial): Trial =>
  withPhases(trial, phase => ['warm-up', 'baseline'].includes(roleOf(trial, phase)!));

/** The process is killed in the middle of the first fault. */
const diedInFault = (trial: Trial): Trial => {
  const fault = trial.plan.phases.findIndex(({role}) => role === 'fault');
  const window = phaseWindow(trial, fault);
  if (!window) return trial;
  const atMs = (window.startMs + window.endMs) / 2;
  const until = <Row extends {readonly atMs: number}>(rows: readonly Row[]): Row[] =>
    rows.filter(row => row.atMs <= atMs);
  return {
    ...withPhases(trial, phase => phase <= fault),
    edges: trial.edges.filter(({phase}) => phase <= fault),
    loadEndedMs: null,
    closing: null,
    end: {kind: 'crashed', exitCode: null, signal: 'SIGKILL', outOfMemory: false, error: null},
    exit: trial.exit && {...trial.exit, atMs, exitCode: null, signal: 'SIGKILL', killedFor: null},
    injector: until(trial.injector),
    resources: until(trial.resources),
    phaseResources: trial.phaseResources.filter(({phase}) => phase < fault),
    system: until(trial.system),
    heaps: until(trial.heaps),
    probes: until(trial.probes),
  };
};

/** What a program's runtime says of itself comes with its telemetry. */
const silentRuntime = ({telemetry}: Trial): Pick<Trial, 'telemetry'> => ({
  telemetry: telemetry && {...telemetry, runtime: []},
});

type Witness =
  | 'ledger'
  | 'attempts'
  | 'telemetry'
  | 'injector'
  | 'injector log'
  | 'process figures'
  | 'V8'
  | 'starts'
  | 'life';

const without: {readonly [witness in Witness]: (trial: Trial) => Trial} = {
  ledger: trial => ({...trial, ledger: null}),
  // The injector counts those that it answered itself.
  attempts: trial => ({...trial, ledger: null, telemetry: null, injectorLog: null}),
  telemetry: trial => ({...trial, telemetry: null}),
  injector: trial => ({...trial, injector: [], injectorLog: null}),
  'injector log': trial => ({...trial, injectorLog: null}),
  'process figures': trial => ({
    ...trial,
    ...silentRuntime(trial),
    resources: [],
    phaseResources: [],
    heaps: [],
    system: [],
    inFlight: [],
  }),
  V8: trial => ({
    ...trial,
    ...silentRuntime(trial),
    runtime: 'CPython 3.11.2',
    heaps: [],
    phaseResources: [],
    resources: [],
  }),
  starts: withoutStarts,
  life: diedInFault,
};

const seen: readonly Witness[] = ['starts', 'life'];

/** By whose eyes each symptom is seen: without one of them it is not clear. */
const eyes: {readonly [symptom in SymptomId]: readonly Witness[]} = {
  'orphaned-operation': seen,
  'hung-operation': seen,
  'deadline-overrun': seen,
  'fails-when-calm': seen,
  'duplicate-effect': seen,
  'crossed-response': seen,
  'no-default-timeout': seen,
  'lost-acknowledged': seen,
  'false-failure': seen,
  reordered: seen,
  'truncation-accepted': seen,
  'swallowed-error': seen,
  'unclassified-errors': ['life'],
  'retry-amplification': ['attempts', ...seen],
  'unbounded-retries': ['attempts', ...seen],
  'no-backoff': ['attempts', ...seen],
  'no-jitter': ['attempts', ...seen],
  'retry-after-ignored': ['attempts', 'injector log', ...seen],
  'retries-non-retryable': ['attempts', 'injector log', ...seen],
  'never-retries-transient': ['attempts', ...seen],
  'stale-work-sent': ['attempts', ...seen],
  'slow-recovery': seen,
  metastable: seen,
  'wedged-client': seen,
  'silent-consumer': seen,
  'replay-burst': ['ledger', 'attempts', ...seen],
  'breaker-stuck': seen,
  'connection-leak': ['injector', 'life'],
  'connection-flapping': ['injector', 'injector log', ...seen],
  'connection-pile-up': ['injector', ...seen],
  'connection-after-close': ['injector', 'life'],
  'connect-storm': ['injector', 'process figures', ...seen],
  'reconnect-storm': ['injector', 'injector log', ...seen],
  'handshake-churn': ['injector', ...seen],
  'pool-slot-leak': ['telemetry', 'life'],
  'pool-exhaustion': ['telemetry', ...seen],
  'half-open-reuse': ['injector', ...seen],
  'stale-keep-alive': seen,
  'unbounded-buffer': seen,
  'unbounded-queue': ['process figures', ...seen],
  'head-of-line-blocking': seen,
  'process-crash': ['life'],
  'out-of-memory': ['life'],
  'event-loop-stall': ['process figures', 'V8', ...seen],
  'gc-pressure': ['process figures', 'V8', 'life'],
  'cpu-bound': ['process figures', ...seen],
  'under-utilised': ['process figures'],
  'memory-growth': ['process figures', 'V8', ...seen],
  'listener-leak': ['V8', ...seen],
  'unhandled-rejection': ['V8', ...seen],
  'close-hangs': ['injector', 'injector log', 'life'],
  'hidden-attempts': ['telemetry', ...seen],
  'span-leak': ['telemetry', ...seen],
  'telemetry-contradicts': ['telemetry', ...seen],
  'error-type-malformed': ['telemetry', ...seen],
  'duration-misreported': ['telemetry', ...seen],
  'pool-gauge-wrong': ['telemetry', 'injector', ...seen],
  'cardinality-growth': ['telemetry', ...seen],
  'telemetry-lost': ['telemetry', 'life'],
};

const healthyNames: readonly string[] = ['healthy', 'honest', 'careful', 'recommended'];

const trials = sharedRun(async (): Promise<readonly Trial[]> => {
  const runs = await recordedRuns();
  return runs.flatMap(({run}) =>
    run.trials
      .filter(({variant}) => healthyNames.includes(variant))
      // As if it were the only variant, which stands for the defaults.
      .map(trial => {
        const variants = trial.plan.variants.filter(({name}) => name === trial.variant);
        return {...trial, plan: {...trial.plan, variants: variants as unknown as Plan['variants']}};
      }),
  );
});

const clearIn = (trial: Trial): Set<SymptomId> =>
  new Set(
    detect(trial)
      .filter(({verdict}) => verdict === 'clear')
      .map(({symptom}) => symptom),
  );

const blinds = test.macro({
  title: (_title, witness: Witness) => `without ${witness} nothing is clear that is seen by it`,
  exec(t, witness: Witness) {
    for (const trial of trials()) {
      const clear = clearIn(without[witness](trial));
      t.deepEqual(
        symptomIds.filter(symptom => eyes[symptom].includes(witness) && clear.has(symptom)),
        [],
        trial.id,
      );
    }
  },
});

for (const witness of Object.keys(without) as Witness[]) test(blinds, witness);

test('with all witnesses each symptom is clear in some trial', t => {
  const ever = new Set(trials().flatMap(trial => [...clearIn(trial)]));
  t.deepEqual(
    symptomIds.filter(symptom => !ever.has(symptom)),
    [],
  );
});
