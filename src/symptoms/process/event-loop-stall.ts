// The event loop was blocked (delay p99 above 100 ms in a phase after the warm-up, or it no longer answers), or it
// burns CPU for nothing in a fault: more than 3 × the baseline's CPU per operation, at half a core or more.

import {duration, type Found, grouped, phaseAt, phaseName} from '../../measures/evidence.ts';
import {DriverMeasure, isWarmUp, phasesOf} from '../../measures/measure.ts';
import {withProfile} from '../../measures/profile-evidence.ts';
import type {Detector} from '../../model/finding.ts';
import type {PhaseResources} from '../../model/process-witness.ts';
import {frameName, responsibleFrame} from '../../model/profile.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

type Limits = Thresholds<'event-loop-stall'>;

type CpuCost = {readonly usPerOperation: number; readonly settled: number};

/** Where nothing settles, all the CPU went into less than one operation. */
const cpuCost = (trial: Trial, resources: PhaseResources): CpuCost => {
  const {settled} = new DriverMeasure(trial, [resources.phase]);
  return {usPerOperation: (resources.cpuMs * 1000) / Math.max(1, settled), settled};
};

/** The interval of the monitor. */
const lookEveryMs = 10;

/** Why a delay may be the machine's; null where it is the process's own. The harness's processes run on the same machine. */
const doubt = (
  trial: Trial,
  {phase, durationMs, loopDelayP99Ms, loopDelayMaxMs}: PhaseResources,
  {lookCount, machineRatio}: Limits,
): string | null => {
  const looks = Math.round(durationMs / lookEveryMs);
  const name = phaseName(trial, phase);
  if (looks < lookCount) {
    return `the delay of ${duration(loopDelayMaxMs)} in phase ${name} is one of only ${looks} samples: a single pause of the machine would explain it`;
  }
  const ownMs = Math.max(
    0,
    ...trial.harness.filter(sample => sample.phase === phase).map(sample => sample.loopDelayP99Ms),
  );
  return loopDelayP99Ms > machineRatio * ownMs
    ? null
    : `the event-loop delay in phase ${name} was ${duration(loopDelayP99Ms)} (p99), but that of a harness process was ${duration(ownMs)}: the machine may be the cause`;
};

const delayed = (trial: Trial, resources: PhaseResources, {delayMs}: Limits): Found[] => {
  const phase = phaseName(trial, resources.phase);
  const statement = `Event-loop delay in phase ${phase}: p99 ${duration(resources.loopDelayP99Ms)}, maximum ${duration(resources.loopDelayMaxMs)}.`;
  const count = Math.round(resources.durationMs / lookEveryMs);
  const value = resources.loopDelayP99Ms;
  return [
    {
      phase,
      evidence: {
        witness: 'system',
        statement,
        value,
        threshold: delayMs,
        unit: 'ms',
        count,
        operations: [],
      },
    },
  ];
};

const busy = (
  trial: Trial,
  resources: PhaseResources,
  baseline: CpuCost | null,
  {cpuRatio, busyRatio}: Limits,
): Found[] => {
  const {usPerOperation: us, settled: count} = cpuCost(trial, resources);
  if (baseline === null || baseline.settled === 0) return [];
  const baselineUs = baseline.usPerOperation;
  if (us <= cpuRatio * baselineUs) return [];
  // Without this, an almost idle process whose operations all wait would count as busy.
  if (resources.cpuMs / resources.durationMs < busyRatio) return [];
  const phase = phaseName(trial, resources.phase);
  const used = count === 0 ? 'of CPU with no operation settled' : 'of CPU per settled operation';
  const statement = `${grouped(Math.round(us))} µs ${used} in phase ${phase}, compared with ${grouped(Math.round(baselineUs))} µs per operation in the baseline.`;
  return [
    {
      phase,
      evidence: {
        witness: 'system',
        statement,
        value: us / baselineUs,
        threshold: cpuRatio,
        unit: 'ratio',
        count,
        operations: [],
      },
    },
  ];
};

const unresponsive = (trial: Trial): Found[] => {
  if (trial.end.kind !== 'unresponsive') return [];
  const lastMs = Math.round(trial.resources.at(-1)?.atMs ?? 0);
  const frame = responsibleFrame(trial.stuck?.stack ?? []);
  const where = frame === null ? '' : ` It was stuck in ${frameName(frame)}.`;
  const statement = `The process stopped responding and had to be killed; its last message came ${duration(lastMs)} into the trial.${where}`;
  const phase = phaseAt(trial, lastMs);
  return [
    {
      phase,
      evidence: {
        witness: 'system',
        statement,
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: [],
      },
    },
  ];
};

export const eventLoopStall: Detector<'event-loop-stall'> = (trial, thresholds) => {
  if (trial.end.kind === 'unresponsive' && trial.edges.length === 0) {
    return inconclusive('event-loop-stall', 'the process stopped responding before the load');
  }
  const [baselinePhase] = phasesOf(trial, 'baseline');
  const baseline = trial.phaseResources.find(resources => resources.phase === baselinePhase);
  const baselineCost = baseline ? cpuCost(trial, baseline) : null;
  const faultPhases = phasesOf(trial, 'fault');
  const late = trial.phaseResources
    .filter(({phase, loopDelayP99Ms}) => !isWarmUp(trial, phase) && loopDelayP99Ms > thresholds.delayMs)
    .map(resources => ({resources, doubt: doubt(trial, resources, thresholds)}));
  const stalled = [
    ...late
      .filter(each => each.doubt === null)
      .flatMap(({resources}) => delayed(trial, resources, thresholds)),
    ...trial.phaseResources
      .filter(resources => faultPhases.includes(resources.phase))
      .flatMap(resources => busy(trial, resources, baselineCost, thresholds)),
  ];
  // For a process that was stuck it is known where: the profile of its last phase is of the time before.
  const stuck = unresponsive(trial);
  const found = stuck.length > 0 ? [...stuck, ...stalled] : withProfile(trial, stalled, ['cpu']);
  const doubtful = late.find(each => each.doubt !== null)?.doubt ?? null;
  if (found.length === 0 && doubtful !== null) return inconclusive('event-loop-stall', doubtful);
  return presentIf('event-loop-stall', trial.end.kind === 'unresponsive' ? 'fail' : 'warn', found);
};
