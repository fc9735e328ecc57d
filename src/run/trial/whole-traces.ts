// Whole traces of the operations that are worth a look, read back from the file of spans. While a trial runs it is
// not known yet how its operations end, so that the receiver keeps single spans only.

import {indexOfId} from '../../measures/attempt-times.ts';
import type {Finding} from '../../model/finding.ts';
import {outcomeCode} from '../../model/outcome.ts';
import type {JudgedRun} from '../../model/run.ts';
import {operationOfTraceId, type Span, traceIdOfOperation} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import type {RunFolder} from '../../store/run-folder.ts';

const slowestOfPhase = 2;
const failedOfPhase = 2;
const retriedOfPhase = 2;
/** Of those that went well: one of them will be a typical one. */
const fineOfPhase = 8;
const examplesOfClass = 2;
const classesOfTrial = 12;
const spansOfTrace = 40;

/** For what is reported of single operations; nothing is judged by it. */
export const withTraces = async (
  run: JudgedRun,
  folder: Pick<RunFolder, 'readSpans'>,
): Promise<JudgedRun> => {
  const trials: Trial[] = [];
  for (const trial of run.trials) {
    const judged = run.judgement.trials.find(({trialId}) => trialId === trial.id);
    const read = (traceIds: ReadonlySet<string>) => folder.readSpans(trial.id, traceIds);
    trials.push(await withWholeTraces(trial, judged?.findings ?? [], read));
  }
  return {...run, trials};
};

/** @param read the lines of some traces in the trial's file of spans */
export const withWholeTraces = async (
  trial: Trial,
  findings: readonly Finding[],
  read: (traceIds: ReadonlySet<string>) => AsyncIterable<string>,
): Promise<Trial> => {
  const {telemetry} = trial;
  if (!telemetry || telemetry.spanCount === 0) return trial;
  const wanted = new Set([
    ...[...operationsToTrace(trial, findings)].map(index => traceIdOfOperation(trial.tracePrefix, index)),
    ...telemetry.exemplars.map(({traceId}) => traceId),
  ]);
  const traces = new Map<string, Span[]>();
  for await (const line of read(wanted)) {
    for (const span of spanOf(line)) {
      const spans = traces.get(span.traceId);
      if (!spans) traces.set(span.traceId, [span]);
      else if (spans.length < spansOfTrace) spans.push(span);
    }
  }
  const whole = [...traces.values()].flat();
  const known = new Set(whole.map(({spanId}) => spanId));
  // The file is limited: what came after its end is known by the receiver's choice alone.
  const exemplars = [...whole, ...telemetry.exemplars.filter(({spanId}) => !known.has(spanId))];
  return {
    ...trial,
    telemetry: {...telemetry, exemplars: exemplars.sort((a, b) => a.startMs - b.startMs)},
  };
};

/** A line that a full disk cut off is no reason to have no report. */
const spanOf = (line: string): Span[] => {
  try {
    const span = JSON.parse(line) as Partial<Span>;
    const isSpan =
      typeof span.traceId === 'string' && Number.isFinite(span.startMs) && Array.isArray(span.events);
    return isSpan ? [span as Span] : [];
  } catch {
    return [];
  }
};

/** By how they ended, according to the driver and the target; and those that findings point at. */
export const operationsToTrace = (trial: Trial, findings: readonly Finding[]): ReadonlySet<number> => {
  const {driver, plan} = trial;
  const examples = driver.failures
    .slice(0, classesOfTrial)
    .flatMap(failure => failure.examples.slice(0, examplesOfClass).map(({index}) => index));
  const ofPhases = plan.phases.flatMap(({role}, phase) => (role === 'warm-up' ? [] : ofPhase(trial, phase)));
  return new Set([...ofPhases, ...examples, ...pointedAt(trial, findings)]);
};

const ofPhase = (trial: Trial, phase: number): number[] => {
  const {outcomes, operationPhases, slowest} = trial.driver;
  const ok = outcomeCode('ok');
  const slow = slowest
    .filter(example => example.phase === phase)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, slowestOfPhase)
    .map(({index}) => index);
  const failed: number[] = [];
  let fineCount = 0;
  for (let index = 0; index < outcomes.length; index++) {
    if (operationPhases[index] !== phase || outcomes[index] === 0) continue;
    if (outcomes[index] === ok) fineCount++;
    else if (failed.length < failedOfPhase) failed.push(index);
  }
  return [...slow, ...failed, ...mostRetried(trial, phase), ...spread(trial, phase, fineCount)];
};

/** So many of the successes, at even distances. */
const spread = ({driver}: Trial, phase: number, fineCount: number): number[] => {
  const {outcomes, operationPhases} = driver;
  const ok = outcomeCode('ok');
  const step = Math.max(1, fineCount / fineOfPhase);
  const chosen: number[] = [];
  let seen = 0;
  for (let index = 0; index < outcomes.length && chosen.length < fineOfPhase; index++) {
    if (operationPhases[index] !== phase || outcomes[index] !== ok) continue;
    if (seen++ >= chosen.length * step) chosen.push(index);
  }
  return chosen;
};

/** As the target counts attempts; where it does not, as the library counts spans. */
const mostRetried = ({driver, ledger, telemetry}: Trial, phase: number): number[] => {
  const counts = ledger?.attempts ?? Buffer.from(telemetry?.spansPerOperation ?? '', 'base64');
  let most: {readonly index: number; readonly count: number}[] = [];
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    if (
      count < 2 ||
      driver.operationPhases[index] !== phase ||
      count <= (most[retriedOfPhase - 1]?.count ?? 0)
    )
      continue;
    most = [...most, {index, count}].sort((a, b) => b.count - a.count).slice(0, retriedOfPhase);
  }
  return most.map(({index}) => index);
};

const pointedAt = (trial: Trial, findings: readonly Finding[]): number[] =>
  findings
    .flatMap(finding => [
      ...(finding.verdict === 'present' ? finding.evidence : []),
      ...(finding.verdict === 'inconclusive' ? [] : (finding.compared ?? [])),
    ])
    .flatMap(({operations, traces = []}) => [
      ...operations.map(id => indexOfId(trial, id)),
      ...traces.map(traceId => operationOfTraceId(trial.tracePrefix, traceId)),
    ])
    .filter(index => index !== null);
