// A run in which everything that somebody else names tries to become markup.
import type {JudgedRun} from '../../src/model/run.ts';
import {judgedRun} from './judged-run.ts';

const attack = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'"\`]]>--><svg onload=window.pwned=1>`;

/** Phases and variants are named in many places, and must go on meaning the same. */
const named = new Set(['name', 'phase', 'variant']);
const told = new Set([
  ...['id', 'trialId', 'trialIds', 'change', 'observation', 'says', 'message', 'reason'],
  ...['command', 'cpu', 'code', 'advice', 'statusMessage', 'error.type', 'candidate'],
]);

const poison = (value: unknown, key: string, ours: ReadonlySet<string>): unknown => {
  if (typeof value === 'string') {
    return told.has(key) || (named.has(key) && ours.has(value)) ? `${value}${attack}` : value;
  }
  if (Array.isArray(value)) return value.map(item => poison(item, key, ours));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, name, ours)]));
};

export const hostileRun = (): JudgedRun => {
  const run = judgedRun();
  const {phases, variants} = run.record.plan;
  return poison(run, '', new Set([...phases, ...variants].map(({name}) => name))) as JudgedRun;
};
