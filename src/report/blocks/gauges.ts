// What the library measures on itself: queues, pools, utilisation, beside the load that it had.
import {isRuntimeMetric} from '../../model/runtime-sample.ts';
import type {Attributes, AttributeValue, MetricSummary} from '../../model/telemetry.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {type Block, code, heading, paragraph, type Text, table} from '../document.ts';
import {plain, plural, rate, unknownFigure} from '../format.ts';
import {phaseLink} from './phase-link.ts';

const seriesShown = 12;

type Level = Extract<MetricSummary, {kind: 'gauge' | 'sum'}>;

/** A gauge, or a counter that goes up and down, as pools count their connections. The runtime's are shown elsewhere. */
const isLevel = (metric: MetricSummary): metric is Level =>
  !isRuntimeMetric(metric.name) &&
  (metric.kind === 'gauge' || (metric.kind === 'sum' && metric.isMonotonic === false));

type Series = {readonly name: string; readonly unit: string; readonly attributes: Attributes};

const keyOf = ({scope, name, attributes}: MetricSummary): string => JSON.stringify([scope, name, attributes]);

export const gaugeBlocks = (story: RunStory): Block[] => {
  const variants = story.variants.filter(({trials}) => trials.some(({trial}) => trial.telemetry));
  const series = seriesOf(variants.flatMap(({trials}) => trials.map(({trial}) => trial)));
  if (series.size === 0) return [];
  const phases = story.run.record.plan.phases.flatMap(({name, role}, index) =>
    role === 'warm-up' ? [] : [{name, index}],
  );
  const rowsOf = (title: Text, statement: (variant: VariantStory, phase: number) => string): Text[][] =>
    phases
      .map(({name, index}): Text[] => [
        [phaseLink(variants[0]!, name)],
        ...variants.map((variant): Text => [statement(variant, index)]),
      ])
      .filter(([, ...cells]) => cells.some(([text]) => text !== unknownFigure))
      .map((cells, index) => [index === 0 ? title : [], ...cells]);
  const shown = [...series].slice(0, seriesShown);
  return [
    heading("The library's own metrics"),
    paragraph(
      'Gauges per phase (mean and maximum) and up-down counters at the end of each phase, next to the load as counted by the driver.',
    ),
    table(
      ['Gauge', 'Phase', ...variants.map(({variant}) => variant.name)],
      [
        ...rowsOf(['load'], loadText),
        ...shown.flatMap(([key, one]) =>
          rowsOf(titleOf(one), (variant, phase) => levelText(variant, phase, key)),
        ),
      ],
    ),
    ...(series.size > shown.length
      ? [paragraph(`And ${plural(series.size - shown.length, 'more series', 'more series')}.`)]
      : []),
  ];
};

const seriesOf = (trials: readonly Trial[]): Map<string, Series> =>
  new Map(
    trials
      .flatMap(({telemetry}) => telemetry?.metrics ?? [])
      .filter(isLevel)
      .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      .map(({name, unit, attributes, ...rest}) => [
        keyOf({name, unit, attributes, ...rest} as Level),
        {name, unit, attributes},
      ]),
  );

/** `db.client.connection.count`, and below it `state: used`; with the unit, unless that is a mere annotation. */
const titleOf = ({name, unit, attributes}: Series): Text => {
  const shown = Object.entries(attributes).map(([key, value]) => `${key}: ${valueText(value)}`);
  const measure = /^(?:|1|\{.*\})$/.test(unit) ? [] : [unit];
  const beside = [...shown, ...measure];
  return [code(name), beside.length === 0 ? '' : ` (${beside.join(', ')})`];
};

const valueText = (value: AttributeValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** `30.2/s offered, 128 in flight`. */
const loadText = ({trials, phases}: VariantStory, phase: number): string => {
  const figures = phases.find(({index}) => index === phase);
  if (!figures || figures.durationMs === 0) return unknownFigure;
  const underWay = medianOf(trials.map(({trial}) => underWayMean(trial, phase)));
  const offered = `${rate((figures.offered * 1000) / figures.durationMs)} offered`;
  return underWay === null ? offered : `${offered}, ${plain(underWay)} in flight`;
};

/** Null in older runs, which did not count it. */
const underWayMean = (trial: Trial, phase: number): number | null => {
  const inFlightMs = trial.driver.phases.find(figures => figures.phase === phase)?.inFlightMs;
  const window = phaseWindow(trial, phase);
  if (inFlightMs === undefined || !window || window.endMs <= window.startMs) return null;
  return inFlightMs / (window.endMs - window.startMs);
};

/** Medians over the trials. */
const levelText = ({trials}: VariantStory, phase: number, key: string): string => {
  const found = trials.flatMap(({trial}) =>
    (trial.telemetry?.metrics ?? [])
      .filter(metric => metric.phase === phase)
      .filter(isLevel)
      .filter(metric => keyOf(metric) === key),
  );
  const gauges = found.filter(metric => metric.kind === 'gauge');
  if (gauges.length > 0) {
    return `${plain(medianOf(gauges.map(({mean}) => mean)))}, max ${plain(medianOf(gauges.map(({max}) => max)))}`;
  }
  return found.length === 0 ? unknownFigure : `${plain(medianOf(found.map(({last}) => last)))} at the end`;
};
