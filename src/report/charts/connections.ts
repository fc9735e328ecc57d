// Connections over time as the injector counts them, and the attempts that came through to the target.
import type {Trial} from '../../model/trial.ts';
import {representativeNote} from '../case-study/representative.ts';
import type {RunStory} from '../case-study/run-story.ts';
import type {Chart} from './chart.ts';
import {type Measure, overTime, type Point} from './over-time.ts';
import {growthPerMs} from './resources.ts';
import {trialSeriesOf} from './series.ts';

const whole = (value: number): string => String(Math.round(value));
const perSecond = (value: number): string => `${Number(value.toFixed(value < 10 ? 1 : 0))}/s`;

const opened = ({injector}: Trial): Point[] =>
  growthPerMs(injector, ({witness}) => witness.openedConnections).map(({atMs, value}) => ({
    atMs,
    value: value * 1000,
  }));

const attempts = ({ledger, driver}: Trial): Point[] => {
  if (!ledger) return [];
  const untilMs = Math.max(0, ...driver.bins.map(bin => bin.startMs + bin.durationMs));
  return ledger.attemptsByBin
    .map((count, index) => ({
      atMs: (index + 0.5) * ledger.binMs,
      value: (count * 1000) / ledger.binMs,
    }))
    .filter(({atMs}) => atMs <= untilMs);
};

const measures: readonly Measure[] = [
  {
    title: 'open connections',
    format: whole,
    leastTop: 10,
    pointsOf: ({injector}) => injector.map(({atMs, witness}) => ({atMs, value: witness.openConnections})),
  },
  {title: 'new connections', format: perSecond, leastTop: 10, pointsOf: opened},
  {title: 'attempts at the target', format: perSecond, leastTop: 10, pointsOf: attempts},
];

/** Where the injector does not count, the operating system does. */
const sockets: Measure = {
  title: 'open sockets of the process',
  format: whole,
  leastTop: 10,
  pointsOf: ({system}) =>
    system.flatMap(({atMs, socketCount}) => (socketCount === null ? [] : [{atMs, value: socketCount}])),
};

export const connections = (story: RunStory): Chart | null => {
  const series = trialSeriesOf(story);
  const counted = series.some(({trial}) => trial.injector.length > 1);
  return overTime({
    name: 'connections',
    title: 'Connections and attempts over time',
    description: `Open and new connections, and attempts at the target, over time.${representativeNote(story.variants)}`,
    series,
    measures: counted ? measures : [sockets, ...measures],
  });
};
