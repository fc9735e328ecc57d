// Judged runs → rows of the weather report.
import type {PresentFinding} from '../../model/finding.ts';
import type {Phase} from '../../model/plan.ts';
import type {FaultSummary, PhaseSummary} from '../../model/run.ts';
import {byWeight} from '../../model/symptoms.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {type WeatherCell, type WeatherRow, wholeRun} from './weather.ts';

type Span = {readonly column: string; readonly phases: readonly string[]};

/**
 * Each fault with the recovery that is its own. A recovery after several faults in a row is none's, and has a column of
 * its own; all else is the whole run's.
 */
export const columnsOf = (phases: readonly Phase[]): Span[] => {
  const spans: Span[] = [];
  for (const [index, {name, role}] of phases.entries()) {
    const before = phases[index - 1];
    if (role === 'fault') spans.push({column: name, phases: [name]});
    if (role !== 'recovery' || before === undefined) continue;
    const isOfOne = before.role === 'fault' && phases[index - 2]?.role !== 'fault';
    if (isOfOne) spans.push({column: before.name, phases: [...spans.pop()!.phases, name]});
    else spans.push({column: name, phases: [name]});
  }
  const spoken = new Set(spans.flatMap(span => span.phases));
  const rest = phases.map(({name}) => name).filter(name => !spoken.has(name));
  return [...spans, {column: wholeRun, phases: [...rest, 'start', 'drain', 'run']}];
};

/** @param folder the folder of a run's case study, relative to the weather report */
export const weatherRows = (story: RunStory, folder: string): WeatherRow[] => {
  const {record} = story.run;
  return story.variants
    .filter(({trials}) => trials.length > 0)
    .map((variant): WeatherRow => {
      const judgements = variant.trials.map(({judgement}) => judgement);
      return {
        scenario: record.plan.name,
        library: Object.keys(record.plan.supports ?? {})[0] ?? null,
        variant: variant.variant.name,
        role: variant === story.baseline ? 'default' : 'changed',
        change: variant.variant.change,
        remarks: record.plan.remarks ?? [],
        versions: Object.assign({}, ...variant.trials.map(({trial}) => trial.versions)),
        server: record.environment.target ?? null,
        cells: Object.fromEntries(
          columnsOf(record.plan.phases).map(span => [span.column, cellOf(variant, span)]),
        ),
        verdict: worstVerdict(judgements.map(({verdict}) => verdict)),
        gates: [...new Set(judgements.flatMap(({gates}) => gates.map(({name}) => name)))],
        operationCount: judgements.reduce((sum, {account}) => sum + account.started, 0),
        folder,
      };
    });
};

const worstVerdict = (verdicts: readonly WeatherRow['verdict'][]): WeatherRow['verdict'] =>
  (['missed', 'inconclusive', 'met'] as const).find(verdict => verdicts.includes(verdict)) ?? 'inconclusive';

const cellOf = ({trials, symptoms}: VariantStory, {column, phases}: Span): WeatherCell => {
  const summaries = trials.flatMap(({judgement}) =>
    judgement.phases.filter(({phase}) => phases.includes(phase)),
  );
  const own = summaries.filter(({phase}) => phase === column);
  const found = symptoms
    .flatMap(({present}) => present)
    .filter(finding => isSeenIn(finding, phases))
    .toSorted(bySeverity);
  const [first, ...rest] = found;
  const successRatio = lowestSuccess(column === wholeRun ? [] : own);
  if (first) {
    const {symptom, severity} = first;
    const others = [...new Set(rest.map(finding => finding.symptom))].filter(other => other !== symptom);
    return {kind: 'symptom', symptom, severity, others, successRatio};
  }
  const isReached =
    column === wholeRun ? trials.some(({judgement}) => judgement.phases.length > 0) : own.length > 0;
  if (!isReached) return {kind: 'not-reached'};
  if (own.length > 0 && own.every(({faults}) => faults.length > 0 && faults.every(hitNothing))) {
    return {kind: 'not-hit'};
  }
  return {kind: 'clear', successRatio};
};

const isSeenIn = ({evidence}: PresentFinding, phases: readonly string[]): boolean =>
  evidence.some(({phase}) => phases.includes(phase));

/** Null is not known: where the injector does not count, and of connects that the kernel refused. */
const hitNothing = ({connectionsHit, actions}: FaultSummary): boolean =>
  connectionsHit === 0 && actions === 0;

const lowestSuccess = (summaries: readonly PhaseSummary[]): number | null => {
  const ratios = summaries.flatMap(({successRatio}) => successRatio ?? []);
  return ratios.length === 0 ? null : Math.min(...ratios);
};

/** A failure before a warning, and then by what it does to those who use the library. */
export const bySeverity = (a: PresentFinding, b: PresentFinding): number =>
  Number(a.severity === 'warn') - Number(b.severity === 'warn') || byWeight(a.symptom, b.symptom);
