// When the library logged something, or told of an event: marks over time. Some of each kind and phase were kept.
import {endedAgainEvent, type LogEntry, logSeverities} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {left, right, type TimeScale} from './frame.ts';
import {element} from './svg.ts';

const marksShown = 200;

const isError = ({severity}: LogEntry): boolean =>
  logSeverities.indexOf(severity) >= logSeverities.indexOf('error');

/** The library's own; ours is a word on its spans. */
export const loggedIn = ({telemetry}: Trial): LogEntry[] =>
  (telemetry?.logs?.entries ?? [])
    .filter(({eventName}) => eventName !== endedAgainEvent)
    .slice(0, marksShown);

/** Diamonds on a line, those of errors filled. */
export const logMarks = (trial: Trial, time: TimeScale, y: number): string[] =>
  loggedIn(trial).flatMap(entry => {
    const x = time(entry.atMs);
    if (x < left || x > right) return [];
    return [diamond(x, y, isError(entry))];
  });

export const diamond = (x: number, y: number, isFilled: boolean): string =>
  element('path', {
    class: isFilled ? 'log-mark error' : 'log-mark',
    d: `M${x.toFixed(1)} ${(y - 5).toFixed(1)}l5 5l-5 5l-5 -5z`,
  });

/** `retry, warn: "trying again"`. */
export const logText = ({eventName, severity, body}: LogEntry): string => {
  const words = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
  const said = words === '' ? '' : `: "${words.slice(0, 60)}"`;
  return `${[eventName, severity].filter(Boolean).join(', ')}${said}`;
};
