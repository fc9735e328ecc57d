// The account of all operations of a variant, as the two sums that must hold.
import type {OutcomeCounts} from '../../model/outcome.ts';
import type {Account} from '../../model/run.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import {count} from '../format.ts';
import {settledCount, settledStatuses} from './outcome-counts.ts';

/** Sums over all phases and trials of a variant, the warm-up included; medians would not add up. */
export const accountOf = ({trials}: VariantStory): Account => {
  const accounts = trials.map(({judgement}) => judgement.account);
  const sum = (pick: (account: Account) => number): number =>
    accounts.reduce((total, account) => total + pick(account), 0);
  return {
    offered: sum(account => account.offered),
    started: sum(account => account.started),
    dropped: sum(account => account.dropped),
    inFlight: sum(account => account.inFlight),
    outcomes: Object.fromEntries(
      settledStatuses.map(status => [status, sum(account => account.outcomes[status])]),
    ) as OutcomeCounts,
  };
};

/** `1,010 offered = 1,000 started + 10 dropped; 1,000 started = 980 ok + 20 failed`: of the outcomes only what occurred. */
export const accountText = ({offered, started, dropped, outcomes, inFlight}: Account): string => {
  const ends = [
    ...settledStatuses.map(status => [status, outcomes[status]] as const),
    ['in flight', inFlight] as const,
  ].filter(([, number]) => number !== 0);
  const sign = (left: number, right: number): string => (left === right ? '=' : '≠');
  return [
    `${count(offered)} offered ${sign(offered, started + dropped)} ${count(started)} started + ${count(dropped)} dropped`,
    `${count(started)} started ${sign(started, settledCount(outcomes) + inFlight)} ${
      ends.map(([name, number]) => `${count(number)} ${name}`).join(' + ') || '0'
    }`,
  ].join('; ');
};
