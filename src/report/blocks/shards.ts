// A run that several machines shared, in words: which part this is, what a merged run is made of, and how machines differ.
import type {Environment, RunRecord} from '../../model/run.ts';
import {bytes, listed, plural} from '../format.ts';

/** `calm`; of a part of a run `calm (shard 2 of 4)`. */
export const runTitle = ({plan, shard}: Pick<RunRecord, 'plan' | 'shard'>): string =>
  shard ? `${plan.name} (shard ${shard.index} of ${shard.count})` : plan.name;

/** One of several scenarios that were dealt out together cannot be had alone: then it is the command of the whole run. */
export const repeatCommand = ({command, shard}: Pick<RunRecord, 'command' | 'shard'>): string =>
  shard && shard.series === undefined ? `${command} --shard ${shard.index}/${shard.count}` : command;

/** How many trials of each variant there should be. */
export const plannedTrials = ({shard, trialsPerVariant}: RunRecord): number =>
  shard?.rounds.length ?? trialsPerVariant;

/** `4 trials per variant`, `2 of 4 trials per variant`, `4 trials per variant, from 2 shards`. */
export const trialsText = (record: RunRecord): string => {
  const {shard, merged, trialsPerVariant} = record;
  const own = shard ? `${plannedTrials(record)} of ` : '';
  const origin = merged ? `, from ${plural(merged.shards.length, 'shard')}` : '';
  return `${own}${plural(trialsPerVariant, 'trial')} per variant${origin}`;
};

/** `trial 3`, `trials 3 to 5`: the numbers that a shard makes. */
export const roundsText = (rounds: readonly number[]): string =>
  rounds.length === 1 ? `trial ${rounds[0]}` : `trials ${rounds[0]} to ${rounds.at(-1)}`;

/** The shards that did not come to their end: `shard 2 was interrupted`. */
export const unfinishedShards = ({merged}: RunRecord): string[] => {
  const words = {running: 'was still running', interrupted: 'was interrupted', failed: 'failed'};
  return (merged?.shards ?? []).flatMap(({index, status}) =>
    status === 'complete' ? [] : [`shard ${index} ${words[status]}`],
  );
};

/** What is shown of a machine; undefined: nothing. */
const facts: readonly (readonly [name: string, of: (environment: Environment) => string | undefined])[] = [
  ['foulweather', ({foulweather}) => foulweather],
  ['Node.js (harness)', ({node}) => node],
  ['Injector', ({injector}) => injector],
  ['Target', ({target}) => target],
  ['Platform', ({platform}) => platform],
  ['CPU', ({cpu, cpuCount}) => `${cpu}, ${plural(cpuCount, 'core')}`],
  ['Memory', ({memoryBytes}) => bytes(memoryBytes)],
];

type MachineFact = {readonly name: string; readonly text: string; readonly differs: boolean};

/** Where the machines of a merged run differ, each value is followed by the shards that had it. */
export const machineFacts = ({merged, environment}: RunRecord): MachineFact[] =>
  facts.flatMap(([name, of]): MachineFact[] => {
    const byValue = Map.groupBy(merged?.shards ?? [], shard => of(shard.environment) ?? 'not known');
    if (byValue.size > 1) {
      const values = [...byValue].map(
        ([value, shards]) => `${value} (${shardsText(shards.map(({index}) => index))})`,
      );
      return [{name, text: values.join('; '), differs: true}];
    }
    const text = of(environment);
    return text === undefined ? [] : [{name, text, differs: false}];
  });

const shardsText = (indexes: readonly number[]): string =>
  `${indexes.length === 1 ? 'shard' : 'shards'} ${listed(indexes.map(String))}`;
