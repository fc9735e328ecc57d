// Operations wait inside the client while the process idles and the target has little to do. Looked for on a calm
// network only, where what is neither at the target nor on the CPU is a queue in front of a small pool.

import {phaseName} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import {measureProcess} from '../../measures/process-measure.ts';
import {measureThroughput} from '../../measures/throughput.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const underUtilised: Detector<'under-utilised'> = (trial, thresholds) => {
  const {cpuRatio, waitingShare: threshold, waitingCount} = thresholds;
  const measured = phasesOf(trial, 'baseline').flatMap(index => {
    const process = measureProcess(trial, index);
    const throughput = measureThroughput(trial, index);
    return process && throughput && throughput.started > 0 ? [{index, process, throughput}] : [];
  });
  if (measured.length === 0) return inconclusive('under-utilised', 'there is no baseline to judge');
  const queued = measured.filter(
    ({process, throughput}) => process.cpuRatio < cpuRatio && throughput.inFlightMean >= waitingCount,
  );
  if (queued.length === 0) return clear('under-utilised');
  const served = queued.map(({index}) => servingMean(trial, index));
  if (served.includes(null)) {
    return inconclusive(
      'under-utilised',
      'the target does not report how many operations it works on at once',
    );
  }
  const found = queued.flatMap(({index, process, throughput}, position) => {
    const {inFlightMean, goodputPerSecond, started} = throughput;
    const serving = served[position]!;
    const waiting = inFlightMean - serving;
    if (waiting < waitingCount || waiting / inFlightMean < threshold) return [];
    const phase = phaseName(trial, index);
    const statement = `On average, ${inFlightMean.toFixed(1)} operations were in flight in phase ${phase}, and the target worked on ${serving.toFixed(1)} of them; the others waited in the client, which used ${(process.cpuRatio * 100).toFixed(0)}% of a core for ${goodputPerSecond.toFixed(1)} operations per second.`;
    return [
      {
        phase,
        evidence: {
          witness: 'target' as const,
          statement,
          value: waiting / inFlightMean,
          threshold,
          unit: 'share' as const,
          count: started,
          operations: [],
        },
      },
    ];
  });
  return presentIf('under-utilised', 'warn', found);
};

/** How many attempts the target worked on at once, on average over the whole bins of a phase. */
const servingMean = (trial: Trial, phase: number): number | null => {
  const {ledger} = trial;
  const window = phaseWindow(trial, phase);
  if (!ledger?.servingMsByBin || !window) return null;
  const {binMs, servingMsByBin} = ledger;
  const [from, to] = [Math.ceil(window.startMs / binMs), Math.floor(window.endMs / binMs)];
  if (to <= from) return null;
  let servingMs = 0;
  for (let bin = from; bin < to; bin++) servingMs += servingMsByBin[bin] ?? 0;
  return servingMs / ((to - from) * binMs);
};
