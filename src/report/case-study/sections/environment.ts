// Environment: the machine and the versions of the run.
import type {Variant} from '../../../model/plan.ts';
import type {Trial} from '../../../model/trial.ts';
import {machineFacts} from '../../blocks/shards.ts';
import {code, joined, type Section, type Span, type Text, table} from '../../document.ts';
import {plural} from '../../format.ts';
import type {RunStory, VariantStory} from '../run-story.ts';

export const environmentSection = ({run, variants}: RunStory): Section => {
  const rows: (readonly (Span | Text)[])[] = [
    ...machineFacts(run.record).map(({name, text}) => [name, text]),
    ...variants.flatMap(subjectRows),
  ];
  return {id: 'environment', title: 'Environment', blocks: [table(['Item', 'Value'], rows)]};
};

const subjectRows = ({variant, trials}: VariantStory): (Span | Text)[][] => {
  const trial = trials.find(candidate => candidate.trial.runtime !== null)?.trial;
  if (!trial) return [];
  const versions = Object.entries(trial.versions).map(
    ([name, version]): Text => [code(`${name} ${version}`)],
  );
  const process: Text[] = [
    [trial.runtime ?? ''],
    ...(variant.process.heapLimitMiB === undefined
      ? []
      : [[`heap limit ${variant.process.heapLimitMiB} MiB`]]),
    ...cpuText(variant, trial),
    ...versions,
  ];
  return [[`Subject, ${variant.name}`, joined(process, ', ')]];
};

/** As asked for by the scenario, and as found by the process: not every platform can pin one. */
const cpuText = ({process: {cpuCount}}: Variant, trial: Trial): Text[] => {
  if (cpuCount === undefined) return [];
  const pinned = `pinned to ${plural(cpuCount, 'CPU')}`;
  if (trial.cpuCount === null || trial.cpuCount === cpuCount) return [[pinned]];
  return [[`not ${pinned} as the scenario requests: it had ${trial.cpuCount}`]];
};
