// The library's telemetry compared with what happened: for each invariant how much was compared, how much of it
// differs, and where to look.
import type {Comparison, SymptomId} from '../../model/finding.ts';
import {telemetrySymptoms} from '../../model/symptoms/telemetry.ts';
import type {RunStory, SymptomStory, VariantStory} from '../case-study/run-story.ts';
import {type Block, code, heading, paragraph, type Span, strong, type Text, table} from '../document.ts';
import {count, plural} from '../format.ts';

const invariants = Object.keys(telemetrySymptoms) as SymptomId[];
/** For a sweep only its first and last variant are shown. */
const variantsShown = 3;

export const fidelityBlocks = ({variants}: RunStory): Block[] => {
  const shown = variants.length > variantsShown ? [variants[0]!, variants.at(-1)!] : variants;
  const tables = shown.flatMap(blocksOf);
  if (tables.length === 0) return [];
  const trials = Math.max(...shown.map(variant => variant.trials.length));
  const sums = trials > 1 ? ' Counts are summed over the trials of a variant.' : '';
  const ends = shown.length < variants.length ? ' Only the first and the last variant are shown.' : '';
  return [
    heading('Telemetry accuracy'),
    paragraph(
      `What the library's telemetry says, compared with what the driver, the target, the injector and the SDK counted.${sums}${ends}`,
    ),
    ...tables,
  ];
};

const blocksOf = (story: VariantStory): Block[] => {
  const ofTelemetry = invariants.flatMap(
    invariant => story.symptoms.find(({symptom}) => symptom === invariant) ?? [],
  );
  // Without telemetry there is one reason for all, which is given with the symptoms.
  if (ofTelemetry.every(({verdict}) => verdict === 'inconclusive')) return [];
  return [
    paragraph(code(story.variant.name), backgroundOf(story), ':'),
    table(
      ['Invariant', 'Verdict', 'What was compared', '>Compared', '>Differ', 'Example'],
      ofTelemetry.flatMap(symptom => rowsOf(symptom, comparisonsOf(story, symptom.symptom))),
    ),
  ];
};

/** What the scenario declares as work in the background belongs to no operation, and is counted separately. */
const backgroundOf = ({trials}: VariantStory): string => {
  const spanCount = trials.reduce((sum, {trial}) => sum + (trial.telemetry?.backgroundSpanCount ?? 0), 0);
  return spanCount === 0 ? '' : `, not counting ${plural(spanCount, 'span')} of declared background work`;
};

/** By what was compared, added up over the trials. */
const comparisonsOf = ({trials}: VariantStory, symptom: SymptomId): Comparison[] => {
  const all = trials.flatMap(({judgement}) =>
    judgement.findings.flatMap(finding =>
      finding.symptom === symptom && finding.verdict !== 'inconclusive' ? (finding.compared ?? []) : [],
    ),
  );
  return [...Map.groupBy(all, ({what}) => what).values()].map(same => {
    const example = same.find(({operations, traces}) => operations.length + traces.length > 0) ?? same[0]!;
    return {
      ...example,
      count: same.reduce((sum, one) => sum + one.count, 0),
      differingCount: same.reduce((sum, one) => sum + one.differingCount, 0),
    };
  });
};

const rowsOf = (story: SymptomStory, comparisons: readonly Comparison[]): (Span | Text)[][] => {
  const name = [strong(story.symptom)];
  if (comparisons.length === 0) return [[name, story.verdict, reasonOf(story), '–', '–', '–']];
  return comparisons.map((comparison, index) => [
    index === 0 ? name : [],
    index === 0 ? story.verdict : [],
    comparison.what,
    count(comparison.count),
    count(comparison.differingCount),
    exampleOf(comparison),
  ]);
};

const reasonOf = ({reasons}: SymptomStory): string => (reasons.length > 0 ? reasons.join('; ') : '–');

const exampleOf = ({operations: [operation], traces: [trace]}: Comparison): Text => {
  if (operation === undefined && trace === undefined) return ['–'];
  if (operation === undefined) return ['trace ', code(trace!)];
  return trace === undefined ? [code(operation)] : [code(operation), ', trace ', code(trace)];
};
