// How to reproduce: the command, the seed, the environment, where the rest is; and the phases of the plan.
import {loadOf} from '../../../model/plan.ts';
import type {RunRecord} from '../../../model/run.ts';
import {describeFaults, describeLoad} from '../../blocks/faults.ts';
import {repeatCommand, roundsText, trialsText} from '../../blocks/shards.ts';
import {code, list, type Section, type Text, table} from '../../document.ts';
import {plannedDuration, plural} from '../../format.ts';
import type {RunStory} from '../run-story.ts';

export const reproductionSection = ({run}: RunStory): Section => {
  const {record} = run;
  const {commit, dirty, foulweather, node, cpu, cpuCount} = record.environment;
  return {
    id: 'how-to-reproduce',
    title: 'How to reproduce',
    blocks: [
      {kind: 'code', language: 'sh', text: repeatCommand(record)},
      list([
        [
          `Seed ${record.seed}, ${trialsText(record)}; foulweather ${foulweather}, Node ${node}, ${cpu} (${plural(cpuCount, 'core')}); `,
          ...(commit === null
            ? ['outside a git repository.']
            : ['commit ', code(commit), dirty ? ' with uncommitted changes.' : '.']),
        ],
        ...shardNote(record),
        ['Re-render this run: ', code(`foulweather report ${record.id}`), '.'],
        [
          'Details: ',
          {link: 'all symptoms', to: 'symptoms-in-detail'},
          ', ',
          {link: 'witnesses, traces and profiles', to: 'witnesses'},
          ', ',
          {link: 'figures', to: 'figures'},
          ', ',
          {link: 'environment', to: 'environment'},
          ', ',
          {link: 'threats to validity', to: 'threats-to-validity'},
          '.',
        ],
        [
          'Next to ',
          code('report.md'),
          ': ',
          code('report.html'),
          ', an interactive page with exact values in the charts, and more traces.',
        ],
      ]),
    ],
  };
};

const shardNote = ({shard, merged, trialsPerVariant}: RunRecord): Text[] => {
  if (merged) {
    const {length} = merged.shards;
    return [[`Merged from ${plural(length, 'shard')}; the command makes the whole run on one machine.`]];
  }
  if (!shard) return [];
  const {index, count, rounds, series} = shard;
  return [
    [
      `This is shard ${index} of ${count}: ${roundsText(rounds)} of ${trialsPerVariant} per variant. `,
      ...(series === undefined ? ['Without ', code('--shard'), ' the command'] : ['The command']),
      ' makes the whole run; ',
      code('foulweather merge'),
      ' puts the shards together.',
    ],
  ];
};

export const phasesSection = ({run}: RunStory): Section => {
  const {plan} = run.record;
  const hasOwnLoads = plan.phases.some(phase => phase.load !== undefined);
  return {
    id: 'phases',
    title: 'Phases',
    blocks: [
      table(
        ['Phase', 'Role', '>Duration', 'Faults', ...(hasOwnLoads ? ['Load'] : [])],
        plan.phases.map(phase => [
          phase.name,
          phase.role,
          phase.prolongedToMs === undefined
            ? plannedDuration(phase.durationMs)
            : `${plannedDuration(phase.durationMs)}, or up to ${plannedDuration(phase.prolongedToMs)} until it has recovered`,
          describeFaults(phase),
          ...(hasOwnLoads ? [describeLoad(loadOf(plan.load, phase))] : []),
        ]),
      ),
    ],
  };
};
