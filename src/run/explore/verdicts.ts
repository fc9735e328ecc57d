// What a trial shows of each of its episodes; and what a proof shows, by the detectors.
import type {Episode} from '../../explore/episodes.ts';
import {isKick} from '../../explore/episodes.ts';
import {faultPhase, recoveryPhase, type Signal, worstSignal} from '../../explore/search.ts';
import {faultName} from '../../faults/toxics.ts';
import type {Fault} from '../../model/fault.ts';
import type {PresentFinding} from '../../model/finding.ts';
import type {ErrorFacts} from '../../model/outcome.ts';
import {type SymptomId, thresholdsOf} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {detect, detectOne} from '../../symptoms/detect.ts';

export type EpisodeVerdict = {
  /** Whether each of its faults did. */
  readonly hasActed: boolean;
  readonly signal: Signal | null;
  readonly error: string | null;
};

/** Null for those that the trial did not come to. */
export const judgeEpisodes = (
  trial: Trial,
  episodes: readonly Pick<Episode, 'faults'>[],
): readonly (EpisodeVerdict | null)[] => {
  const last = trial.edges.at(-1)?.phase ?? 0;
  const effects = effectPhases(trial);
  return episodes.map(({faults}, index) => {
    if (last < faultPhase(index)) return null;
    // What the user interrupted in its midst is not judged.
    if (last < recoveryPhase(index) && trial.end.kind === 'interrupted') return null;
    const isLast = last <= recoveryPhase(index);
    const rejections = rejectionsIn(trial, index);
    const seen = new Set<Signal>([
      ...(isLast ? endSignals(trial, index) : []),
      ...(rejections.length > 0 ? ['rejection' as const] : []),
      ...outcomeSignals(trial, index),
      ...(hasLeaked(trial, index) ? ['leak' as const] : []),
      ...effects.flatMap(({signal, phase}) =>
        phase === nameOf(trial, faultPhase(index)) || phase === nameOf(trial, recoveryPhase(index))
          ? [signal]
          : [],
      ),
    ]);
    const signal = worstSignal(seen);
    const error =
      signal === 'crash' ? crashError(trial) : signal === 'rejection' ? nameError(rejections[0]!) : null;
    return {hasActed: haveActed(trial, nameOf(trial, faultPhase(index)), faults), signal, error};
  });
};

/** Signs of the whole trial that no episode can be blamed for: how the library was closed. */
export const endedBadly = ({end, exit}: Trial): boolean =>
  (end.kind === 'completed' && end.close === 'hung') || exit?.killedFor === 'lingering';

const nameOf = (trial: Trial, phase: number): string => trial.plan.phases[phase]?.name ?? '';

/** What ended the trial in the episode. */
const endSignals = (trial: Trial, index: number): readonly Signal[] => {
  if (trial.end.kind === 'unresponsive') return ['stuck'];
  // A program that breaks the protocol is tried again alone, where no symptom confirms it.
  if (trial.end.kind === 'crashed' || trial.end.kind === 'protocol-broken') return ['crash'];
  if (trial.cut !== 'wedged') return [];
  const after = trial.driver.phases.find(({phase}) => phase === recoveryPhase(index));
  return [(after?.okWithin ?? 0) > 0 ? 'pending' : 'stuck'];
};

const outcomeSignals = (trial: Trial, index: number): readonly Signal[] =>
  trial.driver.phases
    .filter(({phase}) => phase === faultPhase(index) || phase === recoveryPhase(index))
    .flatMap(({outcomes, truncated = 0}): Signal[] => [
      ...(outcomes.hung > 0 ? ['hung' as const] : []),
      ...(outcomes.wrong > 0 ? ['crossed' as const] : []),
      ...(truncated > 0 ? ['truncated' as const] : []),
    ]);

const effectSignals = {
  'lost-acknowledged': 'lost',
  'duplicate-effect': 'duplicate',
  reordered: 'reordered',
  'swallowed-error': 'swallowed',
} as const;
const effectSymptoms = Object.keys(effectSignals) as readonly (keyof typeof effectSignals)[];

const effectPhases = (trial: Trial): readonly {signal: Signal; phase: string}[] =>
  effectSymptoms.flatMap(symptom => {
    const finding = detectOne(symptom, trial);
    return finding.verdict === 'present'
      ? finding.evidence.map(({phase}) => ({signal: effectSignals[symptom], phase}))
      : [];
  });

/** After it more connections were open than ever before, and no fewer ever since; or Node warned of listeners that pile up. */
const hasLeaked = (trial: Trial, index: number): boolean => {
  const window = windowOf(trial, index);
  const hasWarned = trial.warnings.some(
    ({name, atMs}) => name === 'MaxListenersExceededWarning' && atMs >= window.fromMs && atMs < window.toMs,
  );
  if (hasWarned) return true;
  const after = phaseWindow(trial, recoveryPhase(index));
  if (after === null || trial.loadEndedMs === null) return false;
  const openMax = (fromMs: number, toMs: number): number =>
    Math.max(0, ...samplesIn(trial, fromMs, toMs).map(({witness}) => witness.openConnections));
  // From the end of its calm time on.
  const own = samplesIn(trial, after.startMs, after.endMs).slice(-1);
  const since = [...own, ...samplesIn(trial, after.endMs, trial.loadEndedMs)].map(
    ({witness}) => witness.openConnections,
  );
  return since.length > 0 && Math.min(...since) > openMax(0, window.fromMs) + leakSlack;
};

/** A pool may be one wider than it was. */
const leakSlack = 1;

const samplesIn = ({injector}: Trial, fromMs: number, toMs: number): Trial['injector'] =>
  injector.filter(({atMs}) => atMs >= fromMs && atMs <= toMs);

const windowOf = (trial: Trial, index: number): {readonly fromMs: number; readonly toMs: number} => {
  const edgeMs = (phase: number): number =>
    trial.edges.find(edge => edge.phase === phase)?.beforeMs ?? Number.POSITIVE_INFINITY;
  return {fromMs: edgeMs(faultPhase(index)), toMs: edgeMs(faultPhase(index + 1))};
};

const rejectionsIn = (trial: Trial, index: number): readonly ErrorFacts[] => {
  const {fromMs, toMs} = windowOf(trial, index);
  return trial.unhandledRejections.filter(({atMs}) => atMs >= fromMs && atMs < toMs).map(({error}) => error);
};

/** The same for errors that differ in numbers and ids alone. */
const nameError = ({name, code, message}: ErrorFacts): string =>
  [name, code, message]
    .filter(Boolean)
    .join(' ')
    .replaceAll(/[0-9a-f]{8,}|\d+/g, 'N')
    .slice(0, 200);

export const crashError = ({end}: Pick<Trial, 'end'>): string | null => {
  if (end.kind === 'protocol-broken') return `protocol broken: ${end.problem}`;
  if (end.kind !== 'crashed') return null;
  return end.error === null ? `exit ${end.exitCode ?? end.signal}` : nameError(end.error);
};

const haveActed = (trial: Trial, phase: string, faults: readonly Fault[]): boolean => {
  const hits = trial.injector.at(-1)?.witness.faults ?? {};
  return faults.every(
    (fault, position) => isKick(fault) || (hits[faultName(phase, position, fault)]?.actions ?? 0) > 0,
  );
};

/** What a search looks for, the worst first. */
export const oracle: readonly SymptomId[] = [
  'wedged-client',
  'orphaned-operation',
  'silent-consumer',
  'process-crash',
  'out-of-memory',
  'unhandled-rejection',
  'crossed-response',
  'lost-acknowledged',
  'duplicate-effect',
  'reordered',
  'truncation-accepted',
  'swallowed-error',
  'hung-operation',
  'slow-recovery',
  'close-hangs',
  'pool-slot-leak',
  'connection-leak',
  'listener-leak',
  'memory-growth',
];

export type Proof = {
  readonly hasActed: boolean;
  /** The worst first. */
  readonly present: readonly PresentFinding[];
  readonly error: string | null;
};

/** @param known symptoms that the library shows without any fault */
export const judgeProof = (
  trial: Trial,
  {faults}: Pick<Episode, 'faults'>,
  known: ReadonlySet<SymptomId>,
): Proof => {
  const present = symptomsOf(trial).filter(({symptom}) => !known.has(symptom));
  return {
    hasActed: haveActed(trial, 'fault', faults),
    present,
    error:
      crashError(trial) ??
      (trial.unhandledRejections[0] ? nameError(trial.unhandledRejections[0].error) : null),
  };
};

export const symptomsOf = (trial: Trial): readonly PresentFinding[] =>
  detect(trial)
    .filter(
      (finding): finding is PresentFinding =>
        finding.verdict === 'present' && finding.severity === 'fail' && oracle.includes(finding.symptom),
    )
    .filter(finding => finding.symptom !== 'slow-recovery' || isSlowForGood(finding, trial))
    .toSorted((a, b) => oracle.indexOf(a.symptom) - oracle.indexOf(b.symptom));

/** The same of a trial without any fault: that operations fail in it matters, too. */
export const calmSymptomsOf = (trial: Trial): readonly PresentFinding[] => {
  const failing = detectOne('fails-when-calm', trial);
  return [...symptomsOf(trial), ...(failing.verdict === 'present' ? [failing] : [])];
};

/**
 * A client that pauses between its attempts may be slow, and so may the machine; one whose operations still fail when it has been
 * calm for as long as a wedged client is given is broken.
 */
const isSlowForGood = ({evidence}: PresentFinding, trial: Trial): boolean => {
  const {wedgedMs} = thresholdsOf('wedged-client', trial.plan.thresholds);
  const {goodMs} = thresholdsOf('slow-recovery', trial.plan.thresholds);
  const window = phaseWindow(trial, trial.plan.phases.length - 1);
  if (window === null || !evidence.some(({value}) => value >= wedgedMs)) return false;
  const last = trial.driver.bins.filter(
    ({startMs}) => startMs >= window.endMs - goodMs && startMs < window.endMs,
  );
  const started = last.reduce((sum, bin) => sum + bin.started, 0);
  const failed = last.reduce(
    (sum, {outcomes}) => sum + outcomes.failed + outcomes.unknown + outcomes.rejected,
    0,
  );
  return failed >= stillFailingShare * started && failed >= stillFailingCount;
};

const stillFailingShare = 0.05;
const stillFailingCount = 3;

/** Why the library does not do what the scenario asks of it without any fault; null where it does. */
export const calmTrouble = (trial: Trial): string | null => {
  const {end, driver} = trial;
  if (end.kind === 'open-failed') return `open() failed: ${end.error.message}`;
  if (end.kind === 'first-operation-failed') return `the first operation failed: ${end.error.message}`;
  if (end.kind === 'crashed') return `the process ended: ${crashError(trial)}`;
  if (end.kind === 'unresponsive') return 'the process stopped answering';
  if (end.kind === 'protocol-broken') return `the program broke the protocol: ${end.problem}`;
  const ok = driver.phases.reduce((sum, {outcomes}) => sum + outcomes.ok, 0);
  const started = driver.phases.reduce((sum, figures) => sum + figures.started, 0);
  if (trial.cut !== null || ok === 0) {
    const [most] = driver.failures.toSorted((a, b) => b.count - a.count);
    const why = most ? ` (most often ${most.error.code ?? most.error.name}: ${most.error.message})` : '';
    return `${ok} of ${started} operations succeeded${why}`;
  }
  return null;
};
