// Judged runs → rows of the weather report.
import type {Fault} from '../../model/fault.ts';
import type {PresentFinding} from '../../model/finding.ts';
import type {Phase} from '../../model/plan.ts';
import type {FaultSummary, PhaseSummary} from '../../model/run.ts';
import {chosenError} from '../../model/server-errors.ts';
import {byWeight} from '../../model/symptoms.ts';
import {describeFaults} from '../blocks/faults.ts';
import {isInvestigated, phaseAnchor, symptomsAnchor, witnessesAnchor} from '../blocks/phase-link.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {
  type ColumnFacts,
  type FaultGroup,
  faultGroups,
  type Weather,
  type WeatherCell,
  type WeatherRow,
  wholeRun,
} from './weather.ts';

type Span = ColumnFacts & {readonly column: string; readonly phases: readonly string[]};

/**
 * Each fault with the recovery that belongs to it. A recovery after several faults in a row belongs to none, and has
 * a column of its own; all else belongs to the whole run.
 */
export const columnsOf = (phases: readonly Phase[]): Span[] => {
  const spans: Span[] = [];
  for (const [index, phase] of phases.entries()) {
    const {name, role} = phase;
    const before = phases[index - 1];
    if (role === 'fault') {
      spans.push({column: name, phases: [name], group: groupOf(phase), fault: describeFaults(phase)});
    }
    if (role !== 'recovery' || before === undefined) continue;
    const isOfOne = before.role === 'fault' && phases[index - 2]?.role !== 'fault';
    if (isOfOne) {
      const own = spans.pop()!;
      spans.push({...own, phases: [...own.phases, name]});
    } else {
      spans.push({column: name, phases: [name], group: 'rest', fault: null});
    }
  }
  const spoken = new Set(spans.flatMap(span => span.phases));
  const rest = phases.map(({name}) => name).filter(name => !spoken.has(name));
  return [
    ...spans,
    {column: wholeRun, phases: [...rest, 'start', 'drain', 'run'], group: 'rest', fault: null},
  ];
};

/** Of several faults at a time by the first. */
const groupOf = ({faults: [fault]}: Phase): FaultGroup => (fault ? groupOfFault(fault) : 'rest');

const groupOfFault = (fault: Fault): FaultGroup => {
  switch (fault.kind) {
    case 'latency':
    case 'bandwidth':
    case 'slicer':
    case 'coalesce':
    case 'slowClose':
    case 'slowBody':
    case 'packetLoss':
    case 'dnsSlow':
    case 'limitStreams':
      return 'slow';
    case 'stall':
    case 'halfOpen':
    case 'blackhole':
    case 'partition':
    case 'mtuBlackHole':
    case 'closedWindows':
    case 'ignorePings':
    case 'serverPause':
      return 'silent';
    case 'timeout':
    case 'resetPeer':
    case 'resetAfter':
    case 'halfClose':
    case 'closeAfter':
    case 'limitData':
    case 'dropKeepAlive':
    case 'goAway':
    case 'resetStream':
      return 'cut';
    case 'httpFault':
    case 'withholdTrailers':
      return fault.action === 'hang' ? 'silent' : 'cut';
    case 'refuse':
    case 'serverStop':
    case 'serverKill':
    case 'flap':
    case 'limitConnections':
    case 'tlsClose':
    case 'tlsAlert':
    case 'wrongCertificate':
    case 'unreachable':
    case 'dnsTimeout':
    case 'dnsServfail':
    case 'dnsNxdomain':
    case 'dnsEmpty':
    case 'dnsStale':
    case 'deadAddresses':
      return 'unreachable';
    case 'redisError':
    case 'postgresError':
    case 'mysqlError':
    case 'amqpError':
    case 'smtpError':
    case 'natsError':
    case 'memcachedError':
    case 'mqttError': {
      const {when, ending} = chosenError(fault.kind, fault);
      if (when === 'connect') return 'unreachable';
      return ending === 'none' ? 'wrong' : 'cut';
    }
    case 'httpStatus':
    case 'grpcStatus':
    case 'wrongContentLength':
    case 'malformedResponse':
    case 'corrupt':
      return 'wrong';
  }
};

/** The columns of all runs, those of a group side by side. */
export const gatherColumns = (runs: readonly (readonly Span[])[]): Pick<Weather, 'columns' | 'about'> => {
  const byColumn = Map.groupBy(runs.flat(), ({column}) => column);
  const about = [...byColumn].map(([column, same]): [string, ColumnFacts] => {
    const faults = new Set(same.map(({fault}) => fault));
    const {group, fault} = same[0]!;
    return [column, {group, fault: faults.size === 1 ? fault : null}];
  });
  const ofGroup = Map.groupBy(about, ([, {group}]) => group);
  const groups = Object.keys(faultGroups) as FaultGroup[];
  const ordered = groups.flatMap(group => ofGroup.get(group) ?? []);
  // What belongs to no fault is the last of all.
  const last = (column: string): number => Number(column === wholeRun);
  return {
    columns: ordered.map(([column]) => column).toSorted((a, b) => last(a) - last(b)),
    about: Object.fromEntries(about),
  };
};

/**
 * @param folder the folder of a run's case study, relative to the weather report
 * @param speaks the protocol of the library, as its makers write it
 */
export const weatherRows = (story: RunStory, folder: string, speaks: string | null = null): WeatherRow[] => {
  const {record} = story.run;
  return story.variants
    .filter(({trials}) => trials.length > 0)
    .map((variant): WeatherRow => {
      const judgements = variant.trials.map(({judgement}) => judgement);
      return {
        scenario: record.plan.name,
        library: Object.keys(record.plan.supports ?? {})[0] ?? null,
        language: languageOf(variant, story),
        speaks,
        variant: variant.variant.name,
        role: variant === story.baseline ? 'default' : 'changed',
        change: variant.variant.change,
        remarks: record.plan.remarks ?? [],
        versions: Object.assign({}, ...variant.trials.map(({trial}) => trial.versions)),
        server: record.environment.target ?? null,
        cells: Object.fromEntries(
          columnsOf(record.plan.phases).map(span => [span.column, cellOf(variant, span, story)]),
        ),
        verdict: worstVerdict(judgements.map(({verdict}) => verdict)),
        gates: [
          ...new Set([story.run.judgement, ...judgements].flatMap(({gates}) => gates.map(({name}) => name))),
        ],
        operationCount: judgements.reduce((sum, {account}) => sum + account.started, 0),
        folder,
      };
    });
};

const languageOf = ({trials}: VariantStory, {run}: RunStory): string | null =>
  run.record.plan.program === undefined
    ? 'JavaScript'
    : (trials.flatMap(({trial}) => trial.language ?? [])[0] ?? null);

const worstVerdict = (verdicts: readonly WeatherRow['verdict'][]): WeatherRow['verdict'] =>
  (['missed', 'inconclusive', 'met'] as const).find(verdict => verdicts.includes(verdict)) ?? 'inconclusive';

const cellOf = (variant: VariantStory, {column, phases}: Span, story: RunStory): WeatherCell => {
  const {trials, symptoms} = variant;
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
    const seenIn = first.evidence.find(({phase}) => phases.includes(phase))?.phase ?? column;
    const anchor = anchorOf(seenIn, variant, story);
    return {kind: 'symptom', symptom, severity, others, successRatio, anchor};
  }
  if (column === wholeRun) {
    const isReached = trials.some(({judgement}) => judgement.phases.length > 0);
    return isReached
      ? {kind: 'clear', successRatio, anchor: witnessesAnchor}
      : {kind: 'not-reached', anchor: null};
  }
  if (own.length === 0) return {kind: 'not-reached', anchor: null};
  const anchor = anchorOf(column, variant, story);
  const isHit = own.some(({faults}) => faults.length === 0 || !faults.every(hitNothing));
  return isHit && successRatio !== null ? {kind: 'clear', successRatio, anchor} : {kind: 'not-hit', anchor};
};

/**
 * What belongs to no phase of its own section is among the symptoms, which are described in detail for the baseline
 * alone.
 */
const anchorOf = (phase: string, variant: VariantStory, story: RunStory): string => {
  const {phases} = story.run.record.plan;
  const index = phases.findIndex(({name}) => name === phase);
  const planned = phases[index];
  if (planned && isInvestigated(variant, planned)) return phaseAnchor(index);
  return variant === story.baseline ? symptomsAnchor : witnessesAnchor;
};

const isSeenIn = ({evidence}: PresentFinding, phases: readonly string[]): boolean =>
  evidence.some(({phase}) => phases.includes(phase));

/** Null means not known: where the injector does not count, and for connects that the kernel refused. */
const hitNothing = ({connectionsHit, actions}: FaultSummary): boolean =>
  connectionsHit === 0 && actions === 0;

const lowestSuccess = (summaries: readonly PhaseSummary[]): number | null => {
  const ratios = summaries.flatMap(({successRatio}) => successRatio ?? []);
  return ratios.length === 0 ? null : Math.min(...ratios);
};

/** A failure before a warning, and then by how bad the symptom is for users of the library. */
export const bySeverity = (a: PresentFinding, b: PresentFinding): number =>
  Number(a.severity === 'warn') - Number(b.severity === 'warn') || byWeight(a.symptom, b.symptom);
