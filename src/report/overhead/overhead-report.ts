// What telemetry costs, as a page of markdown: the answer in a sentence, the table, and how it was measured.
import type {TelemetryMode} from '../../model/choices.ts';
import type {JudgedRun} from '../../model/run.ts';
import {code, list, paragraph, type Section, table} from '../document.ts';
import {factor, microseconds, plural} from '../format.ts';
import {escapeText, sectionToMarkdown} from '../formats/markdown.ts';
import {redactRun} from '../redact.ts';
import {isSilent, type OverheadRow, overheadCells, silentText} from './overhead-table.ts';

export const overheadReport = (run: JudgedRun, rows: readonly OverheadRow[]): string => {
  const {record, trials} = redactRun(run);
  const [head, ...body] = overheadCells(rows);
  const [titleOfMode, ...titles] = head!;
  const subject = trials.find(({runtime}) => runtime !== null);
  const versions = Object.entries(subject?.versions ?? {}).map(([name, version]) => `${name} ${version}`);
  const {cpu, cpuCount, platform} = record.environment;
  const measured: Section = {
    id: 'how-it-was-measured',
    title: 'How it was measured',
    blocks: [
      {kind: 'code', language: 'sh', text: record.command},
      list([
        [
          `On a calm network; modes interleaved, ${plural(record.trialsPerVariant, 'trial')} each, every trial in its own process. Medians; ratios are relative to off, with their 95% interval over pairs of trials.`,
        ],
        [`${record.startedAt.slice(0, 10)}, ${platform}, ${cpu}, ${plural(cpuCount, 'core')}`],
        [[subject?.runtime ?? '–', ...versions].join(', ')],
        ['Raw data: run ', code(record.id)],
      ]),
    ],
  };
  const figures: Section = {
    id: 'figures',
    title: 'Figures',
    blocks: [
      table(
        [titleOfMode!, ...titles.slice(0, -1).map(title => `>${title}`), 'what runs'],
        body.map(([mode, ...cells]) => [code(mode!), ...cells]),
      ),
      paragraph(
        'CPU per operation is the figure to look at: operations per second also depend on the machine and its other load.',
      ),
    ],
  };
  return [
    `# ${escapeText(`What telemetry costs ${record.plan.name}: ${isSilent(run) ? `nothing to measure, because ${silentText}` : answer(rows)}`)}`,
    sectionToMarkdown(figures),
    sectionToMarkdown(measured),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
};

const answer = (rows: readonly OverheadRow[]): string => {
  const cpuOf = (wanted: TelemetryMode) => rows.find(({mode}) => mode === wanted)?.cpuUsPerOperation;
  const [off, full] = [cpuOf('off'), cpuOf('full')];
  if (off?.value == null || full?.value == null) return 'it could not be measured';
  const {ratio} = full;
  const times =
    ratio === null ? '' : `, ${factor(ratio.ratio)}× (${factor(ratio.low)}–${factor(ratio.high)})`;
  return `${microseconds(off.value)} of CPU per operation without it, ${microseconds(full.value)} with all of it${times}`;
};
