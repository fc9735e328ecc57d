// The quality of the library's telemetry: checked against the semantic conventions, the worst findings of each
// library first.
import type {ConventionFinding, ConventionLevel} from '../../model/convention.ts';
import {conventionLevels} from '../../model/convention.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {
  type Block,
  code,
  heading,
  lineBreak,
  list,
  paragraph,
  strong,
  type Text,
  table,
} from '../document.ts';
import {count, plural} from '../format.ts';
import {logBlocks} from './log-records.ts';

const shown = 15;

type Sighting = {readonly finding: ConventionFinding; readonly trialCount: number};

export const telemetryBlocks = ({variants}: RunStory): Block[] => {
  const checked = variants.filter(({trials}) => trials.some(({judgement}) => judgement.conventions !== null));
  if (checked.length === 0) return logBlocks(variants);
  const title = heading('Telemetry');
  const [first, ...others] = checked.map(variant => ({variant, sightings: sightingsOf(variant)}));
  const isSame = others.every(({sightings}) => namesOf(sightings) === namesOf(first!.sightings));
  // Variants of one library mostly emit the same: then it is shown once.
  const shown = isSame ? [first!] : [first!, ...others];
  return [
    title,
    paragraph("What the library emits, checked against OpenTelemetry's semantic conventions."),
    ...shown.flatMap(({variant, sightings}) =>
      variantBlocks(variant, sightings, isSame && others.length > 0),
    ),
    ...logBlocks(variants),
  ];
};

const namesOf = (sightings: readonly Sighting[]): string =>
  JSON.stringify(
    sightings.map(({finding}) => [finding.level, finding.rule, finding.scope, finding.subject]).sort(),
  );

/** One for each rule and subject: that of the trial that shows it most. */
const sightingsOf = ({trials}: VariantStory): Sighting[] => {
  const findings = trials.flatMap(({judgement}) => judgement.conventions ?? []);
  const key = ({area, signal, rule, scope, subject}: ConventionFinding): string =>
    JSON.stringify([area, signal, rule, scope, subject]);
  return [...Map.groupBy(findings, key).values()]
    .map(same => ({
      finding: same.toSorted((a, b) => b.count - a.count)[0]!,
      trialCount: same.length,
    }))
    .sort((a, b) => rank(a) - rank(b) || b.finding.count - a.finding.count);
};

const rank = ({finding}: Sighting): number => conventionLevels.indexOf(finding.level);

const variantBlocks = (
  {variant}: VariantStory,
  sightings: readonly Sighting[],
  isForAll: boolean,
): Block[] => {
  const of = (level: ConventionLevel): readonly Sighting[] =>
    sightings.filter(({finding}) => finding.level === level);
  const counts = `${plural(of('violation').length, 'violation')}, ${plural(of('improvement').length, 'improvement')}`;
  const information = of('information');
  const rows = [...of('violation'), ...of('improvement')];
  return [
    paragraph(...(isForAll ? ['All variants'] : [code(variant.name)]), `: ${counts}.`),
    ...(rows.length === 0
      ? []
      : [table(['Level', 'Finding', '>Count', '>Of', 'From', 'Example'], rows.slice(0, shown).map(rowOf))]),
    ...(rows.length > shown ? [paragraph(`${rows.length - shown} more in result.json.`)] : []),
    ...(information.length === 0
      ? []
      : [paragraph('For information:'), list(information.slice(0, shown).map(noteOf))]),
  ];
};

const rowOf = ({finding}: Sighting): Text[] => [
  [strong(finding.level)],
  [finding.statement],
  [count(finding.count)],
  [count(finding.ofCount)],
  [code(finding.scope), lineBreak, `${finding.area}, ${finding.signal === 'span' ? 'spans' : 'series'}`],
  [finding.example ? code(finding.example.traceId) : '–'],
];

const noteOf = ({finding}: Sighting): Text => [
  `${finding.statement.replace(/\.$/, '')}: ${count(finding.count)} of ${count(finding.ofCount)} ${finding.signal === 'span' ? 'spans' : 'series'}`,
];
