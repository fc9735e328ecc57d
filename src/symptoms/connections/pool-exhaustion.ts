// Operations wait for a connection of the pool: callers queue up, wait for long, or time out.

import {counted, duration, type Found, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import {boundAt, lastOf, poolMetrics} from '../../measures/pool-metrics.ts';
import type {Detector} from '../../model/finding.ts';
import type {MetricSummary} from '../../model/telemetry.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';
import {isGaugeContradicted} from '../telemetry/pool-gauge-wrong.ts';

export const poolExhaustion: Detector<'pool-exhaustion'> = (trial, thresholds) => {
  const {pendingCount, waitShare, timeoutCount} = thresholds;
  const {deadlineMs} = trial.plan.operation;
  const [pending, waits, timeouts] = [
    // Where the sockets contradict one gauge of the pool, the other gauges prove nothing.
    isGaugeContradicted(trial) ? [] : measured(trial, 'pending_requests'),
    measured(trial, 'wait_time'),
    measured(trial, 'timeouts'),
  ];
  if (pending.length + waits.length + timeouts.length === 0) {
    return inconclusive(
      'pool-exhaustion',
      isGaugeContradicted(trial)
        ? "the open sockets contradict the pool's gauge (pool-gauge-wrong)"
        : 'the library does not emit pool metrics (db.client.connection.*)',
    );
  }
  const waiting: Found[] = [];
  for (const metric of pending) {
    const window = phaseWindow(trial, metric.phase);
    const level = metric.kind === 'gauge' ? metric.mean : lastOf(metric);
    if (!window || window.endMs - window.startMs <= deadlineMs || level <= pendingCount) continue;
    const phase = phaseName(trial, metric.phase);
    const statement = `${level.toFixed(1)} operations were waiting for a pooled connection in phase ${phase}.`;
    const value = level;
    waiting.push(
      found(phase, {
        witness: 'telemetry',
        statement,
        value,
        threshold: pendingCount,
        unit: 'count',
        count: Math.round(level),
      }),
    );
  }
  for (const metric of waits) {
    if (metric.kind !== 'histogram' || metric.count === 0) continue;
    const waitMs = boundAt(metric, 0.99) * (metric.unit === 'ms' ? 1 : 1000);
    if (waitMs <= waitShare * deadlineMs) continue;
    const phase = phaseName(trial, metric.phase);
    const statement = `The p99 of the wait for a pooled connection in phase ${phase} was about ${duration(waitMs)}.`;
    const threshold = waitShare * deadlineMs;
    waiting.push(
      found(phase, {
        witness: 'telemetry',
        statement,
        value: waitMs,
        threshold,
        unit: 'ms',
        count: metric.count,
      }),
    );
  }
  for (const metric of timeouts) {
    if (metric.kind !== 'sum' || metric.increase <= timeoutCount) continue;
    const phase = phaseName(trial, metric.phase);
    const statement = `${counted(metric.increase, 'timeout')} while waiting for a pooled connection in phase ${phase}.`;
    const value = metric.increase;
    waiting.push(
      found(phase, {
        witness: 'telemetry',
        statement,
        value,
        threshold: timeoutCount,
        unit: 'count',
        count: value,
      }),
    );
  }
  return presentIf('pool-exhaustion', 'warn', worstFirst(waiting));
};

const measured = (trial: Trial, name: string): MetricSummary[] =>
  poolMetrics(trial, name).filter(({phase}) => !isWarmUp(trial, phase));
