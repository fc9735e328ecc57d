// How to reproduce: the command, the seed, the phases, and where the raw data is.
import {loadOf} from '../../../model/plan.ts';
import {describeFaults, describeLoad} from '../../blocks/faults.ts';
import {code, list, paragraph, type Section, table} from '../../document.ts';
import {plannedDuration, plural} from '../../format.ts';
import type {RunStory} from '../run-story.ts';

export const reproductionSection = ({run}: RunStory): Section => {
  const {record} = run;
  const {commit, dirty} = record.environment;
  const hasOwnLoads = record.plan.phases.some(phase => phase.load !== undefined);
  return {
    id: 'how-to-reproduce',
    title: 'How to reproduce',
    blocks: [
      {kind: 'code', language: 'sh', text: record.command},
      list([
        [`Seed ${record.seed}, ${plural(record.trialsPerVariant, 'trial')} per variant.`],
        commit === null
          ? ['Outside of a git repository.']
          : ['Commit ', code(commit), dirty ? ', with changes that were not committed.' : '.'],
        [
          'Raw data: run ',
          code(record.id),
          '; ',
          code(`foulweather report ${record.id}`),
          ' judges and renders it again without running.',
        ],
        [
          'Beside this text lies ',
          code('report.html'),
          ', the same with values to point at, single operations and their traces.',
        ],
      ]),
      paragraph('The phases:'),
      table(
        ['Phase', 'Role', '>Duration', 'Faults', ...(hasOwnLoads ? ['Load'] : [])],
        record.plan.phases.map(phase => [
          phase.name,
          phase.role,
          phase.prolongedToMs === undefined
            ? plannedDuration(phase.durationMs)
            : `${plannedDuration(phase.durationMs)}, up to ${plannedDuration(phase.prolongedToMs)} until it is back`,
          describeFaults(phase),
          ...(hasOwnLoads ? [describeLoad(loadOf(record.plan.load, phase))] : []),
        ]),
      ),
    ],
  };
};
