// Selected traces, in text: of each phase that shows a symptom the slowest operation, the first that failed, the one
// sent most often, a typical one for contrast, and those that findings refer to; each with what the other witnesses
// saw of it.
import {traceIdOfOperation} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {mergeHistograms, percentileMs} from '../../stats/histogram.ts';
import {medianOf} from '../../stats/quantile.ts';
import type {JudgedTrial, RunStory, VariantStory} from '../case-study/run-story.ts';
import type {Chart} from '../charts/chart.ts';
import {waterfall} from '../charts/waterfall.ts';
import {type Block, code, type DrawnTrace, heading, paragraph, type TraceBlock} from '../document.ts';
import {duration} from '../format.ts';
import {callerOf, type Exemplar, exemplarsOfTrial} from './exemplars.ts';
import {marksOf} from './trace-marks.ts';
import {waterfallText} from './waterfall-text.ts';

type Chosen = {readonly why: string; readonly exemplar: Exemplar};

const phasesShown = 3;
const findingsShown = 2;

const signs =
  '==== the operation, ---- a span, xxxx a span with an error, # an edge of a fault, ! a hit, ^ an attempt at the target, * an event of the library';

export const traceBlocks = ({variants}: RunStory): Block[] => {
  const blocks = variants.flatMap(blocksOf).map((block, index) => (index === 0 ? {...block, signs} : block));
  if (blocks.length === 0) return [];
  const note =
    "The library's spans and what the other witnesses saw, on one time axis. Use the trace ID to find the spans in the trial's spans.ndjson or in your own backend.";
  return [heading('Traces'), paragraph(note), ...blocks];
};

/** The one trace that shows most of the cause: of the baseline, else of another variant that has any. */
export const mainTraceBlocks = ({variants}: RunStory): Block[] => {
  for (const story of variants) {
    const [main] = chosenOf(story);
    if (!main) continue;
    const [first] = main.chosen;
    if (!first) continue;
    return [
      {
        kind: 'traces',
        intro: ['An operation of ', code(story.variant.name), ` in ${main.phase}`],
        signs,
        traces: [drawn(first, 'main-trace')],
      },
    ];
  }
  return [];
};

const blocksOf = (story: VariantStory, variant: number): TraceBlock[] =>
  chosenOf(story).map(({phase, chosen}, place) => {
    const shows = symptomsIn(story, phase);
    const which = shows.length > 0 ? `, which shows ${shows.join(', ')}` : '';
    return {
      kind: 'traces',
      intro: [`${story.variant.name}, phase ${phase}${which}`],
      signs: null,
      traces: chosen.map((one, index) => drawn(one, `trace-${variant + 1}-${place + 1}-${index + 1}`)),
    };
  });

/** By phase, the most informative phase first. */
const chosenOf = (story: VariantStory): {phase: string; chosen: Chosen[]}[] => {
  const [first] = story.trials.filter(({trial}) => (trial.telemetry?.exemplars.length ?? 0) > 0);
  if (!first) return [];
  const traced = exemplarsOfTrial(first.trial).filter(({spans}) => spans.length > 0);
  return phasesOf(story, first.trial).flatMap(index => {
    const phase = first.trial.plan.phases[index]?.name ?? '';
    const chosen = choose(
      first,
      index,
      traced.filter(exemplar => exemplar.phase === phase),
    );
    return chosen.length === 0 ? [] : [{phase, chosen}];
  });
};

const symptomsIn = ({symptoms}: VariantStory, phase: string): string[] =>
  symptoms
    .filter(({present}) => present.some(finding => finding.phase === phase))
    .map(({symptom}) => symptom);

/** Those of symptoms, phases with faults first; and the first fault in any case. */
const phasesOf = (story: VariantStory, {plan}: Trial): number[] => {
  const found = plan.phases.flatMap(({name}, phase) => (symptomsIn(story, name).length > 0 ? [phase] : []));
  const isFault = (phase: number): boolean => plan.phases[phase]?.role === 'fault';
  const firstFault = plan.phases.findIndex(({role}) => role === 'fault');
  const wanted = found.some(isFault) || firstFault < 0 ? found : [...found, firstFault];
  return wanted.toSorted((a, b) => Number(isFault(b)) - Number(isFault(a)) || a - b).slice(0, phasesShown);
};

/** As the caller saw it; where only the spans are known, from the first to the last of them. */
const lastsMs = ({durationMs, spans}: Exemplar): number =>
  durationMs ?? Math.max(...spans.map(({endMs}) => endMs)) - Math.min(...spans.map(({startMs}) => startMs));

const attemptsOf = ({trial, index, spans}: Exemplar): number => {
  const counted = trial.ledger?.attempts[index] ?? 0;
  const sent = spans.filter(({kind}) => kind === 'client' || kind === 'producer').length;
  return Math.max(counted, sent);
};

const choose = (judged: JudgedTrial, phase: number, traced: readonly Exemplar[]): Chosen[] => {
  const {trial} = judged;
  const slowest = traced.toSorted((a, b) => lastsMs(b) - lastsMs(a))[0];
  const failed = traced
    .filter(({status}) => status !== 'ok' && status !== 'in-flight')
    .toSorted((a, b) => a.index - b.index)[0];
  const repeated = traced
    .filter(exemplar => attemptsOf(exemplar) > 1)
    .toSorted((a, b) => attemptsOf(b) - attemptsOf(a))[0];
  const fine = traced.filter(
    ({status, spans}) => status === 'ok' && spans.every(span => span.status !== 'error'),
  );
  const figures = trial.driver.phases.find(candidate => candidate.phase === phase);
  const medianMs =
    percentileMs(mergeHistograms(figures ? [figures.serviceOkUs] : []), 50) ??
    medianOf(fine.map(lastsMs)) ??
    0;
  const typical = fine.toSorted(
    (a, b) => Math.abs(lastsMs(a) - medianMs) - Math.abs(lastsMs(b) - medianMs),
  )[0];
  const reasons: readonly (readonly [string, Exemplar | undefined])[] = [
    ['slowest', slowest],
    ['first failure', failed],
    ['most attempts', repeated],
    ...pointedAt(judged, phase, traced),
    ['typical', typical],
  ];
  // One trace may be chosen for several reasons: it is shown once.
  const byTrace = Map.groupBy(reasons, ([, exemplar]) => exemplar);
  return [...byTrace].flatMap(([exemplar, same]) =>
    exemplar ? [{exemplar, why: same.map(([reason]) => reason).join(', ')}] : [],
  );
};

/** Of a finding of the phase the first operation that shows it, where its trace is there. */
const pointedAt = (
  {trial, judgement}: JudgedTrial,
  phase: number,
  traced: readonly Exemplar[],
): (readonly [string, Exemplar])[] =>
  (judgement?.findings ?? [])
    .flatMap(finding => {
      if (finding.verdict !== 'present') return [];
      const evidence = finding.evidence.filter(one => one.phase === trial.plan.phases[phase]?.name);
      const ids = evidence.flatMap(({operations}) => operations);
      const traces = evidence.flatMap(one => one.traces ?? []);
      const shown = traced.find(
        ({id, index}) => ids.includes(id) || traces.includes(traceIdOfOperation(trial.tracePrefix, index)),
      );
      return shown ? [[`shows ${finding.symptom}`, shown] as const] : [];
    })
    .slice(0, findingsShown);

const drawn = ({why, exemplar}: Chosen, name: string): DrawnTrace => {
  const {id, status, durationMs, traceId} = exemplar;
  const became = durationMs === null ? status : `${status} after ${duration(durationMs)}`;
  return {
    head: `${id}: ${why}; ${became}; trace ${traceId ?? '–'}`,
    text: waterfallText({operation: callerOf(exemplar), spans: exemplar.spans, marks: marksOf(exemplar)}),
    chart: waterfallOf(exemplar, name),
  };
};

/** Of an operation whose spans were kept. */
export const waterfallOf = (exemplar: Exemplar, name: string): Chart | null =>
  waterfall({
    name,
    title: `${exemplar.id}, ${exemplar.status}`,
    operation: callerOf(exemplar),
    deadlineMs: exemplar.trial.plan.operation.deadlineMs,
    spans: exemplar.spans,
    marks: marksOf(exemplar),
  });
