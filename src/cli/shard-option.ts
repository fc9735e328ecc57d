// --shard i/n: which part of a run this machine makes; or auto, as the engine says that started the machines.
import {InvalidArgumentError, Option} from 'commander';
import {FoulweatherError} from '../model/errors.ts';
import type {ShardChoice} from '../run/rounds.ts';

export type ShardOption =
  | {readonly kind: 'named'; readonly index: number; readonly count: number}
  /** Null: the engine says how many there are. */
  | {readonly kind: 'auto'; readonly count: number | null};

export const mostShards = 10_000;

const isCount = (count: number): boolean => count >= 1 && count <= mostShards;

const parseShard = (text: string): ShardOption => {
  const [, which = '', of] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  const count = of === undefined ? null : Number(of);
  if (which === 'auto' && (count === null || isCount(count))) return {kind: 'auto', count};
  const index = Number(which);
  if (count !== null && isCount(count) && index >= 1 && index <= count) return {kind: 'named', index, count};
  throw new InvalidArgumentError(
    `It must be a part of a whole, from 1/1 to ${mostShards}/${mostShards}, such as 2/4; or auto, or auto/4.`,
  );
};

export const shardOption = (): Option =>
  new Option(
    '--shard <i/n>',
    'run only this part of the trials, such as 2/4; with auto, the part that the CI or batch system sets',
  ).argParser(parseShard);

/** How an engine says which of its machines this is: the names of environment variables. */
export type Engine = {
  readonly title: string;
  readonly index: string;
  /** What the first machine has there, or the variable that says so. */
  readonly first: number | string;
  /** Null: it does not say how many there are. */
  readonly count: string | null;
  /** How far neighbours are apart, where that need not be 1. */
  readonly step?: string;
};

/** Says how many shards there are, where the engine does not. */
export const countVariable = 'FOULWEATHER_SHARDS';

/**
 * From the engines' documentation: "Indexed Job" of Kubernetes, "Predefined CI/CD variables" of GitLab, "Built-in environment
 * variables" of CircleCI, "Environment variables" of Buildkite, "Job Array Support" of Slurm, "Array jobs" of AWS Batch.
 */
export const engines: readonly Engine[] = [
  {title: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0, count: null},
  {title: 'GitLab', index: 'CI_NODE_INDEX', first: 1, count: 'CI_NODE_TOTAL'},
  {title: 'CircleCI', index: 'CIRCLE_NODE_INDEX', first: 0, count: 'CIRCLE_NODE_TOTAL'},
  {title: 'Buildkite', index: 'BUILDKITE_PARALLEL_JOB', first: 0, count: 'BUILDKITE_PARALLEL_JOB_COUNT'},
  {
    title: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    count: 'SLURM_ARRAY_TASK_COUNT',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  {title: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0, count: 'AWS_BATCH_JOB_ARRAY_SIZE'},
];

const byHand = 'Name the shard instead, such as --shard 2/4.';

/** @throws FoulweatherError FW_USAGE where `auto` does not find out */
export const shardOf = (option: ShardOption, env: NodeJS.ProcessEnv): ShardChoice => {
  if (option.kind === 'named') return {index: option.index, count: option.count};
  const [engine, another] = engines.filter(({index}) => textOf(index, env) !== null);
  if (!engine) {
    throw refusal(
      `--shard auto found no engine that says which machine this is: none of ${engines.map(({index}) => index).join(', ')} is set.`,
    );
  }
  if (another) throw refusal(`--shard auto is ambiguous: both ${engine.index} and ${another.index} are set.`);
  return shardBy(engine, option.count, env);
};

const shardBy = (
  {title, index, first, count, step}: Engine,
  asked: number | null,
  env: NodeJS.ProcessEnv,
): ShardChoice => {
  const said = count === null ? null : numberOf(count, env);
  if (count !== null && said !== null && asked !== null && said !== asked) {
    throw refusal(`--shard auto/${asked} does not fit: ${count} is ${said}.`);
  }
  const total = said ?? asked ?? numberOf(countVariable, env);
  if (total === null) {
    throw new FoulweatherError(
      'FW_USAGE',
      `${index} says which machine this is, but ${title} does not say how many there are.`,
      `Use --shard auto/8, or set ${countVariable}.`,
    );
  }
  const start = typeof first === 'number' ? first : (numberOf(first, env) ?? 0);
  const apart = (step === undefined ? null : numberOf(step, env)) ?? 1;
  const found = numberOf(index, env) ?? 0;
  const place = (found - start) / apart + 1;
  if (Number.isInteger(place) && place >= 1 && place <= total && isCount(total)) {
    return {index: place, count: total};
  }
  throw refusal(
    `${index} is ${found}, which is not one of ${total}${apart === 1 ? '' : `, ${apart} apart,`} from ${start} on.`,
  );
};

/** An empty variable is as good as none. */
const textOf = (name: string, env: NodeJS.ProcessEnv): string | null => env[name]?.trim() || null;

const numberOf = (name: string, env: NodeJS.ProcessEnv): number | null => {
  const text = textOf(name, env);
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw refusal(`${name} is "${text}", which is not a number.`);
};

const refusal = (message: string): FoulweatherError => new FoulweatherError('FW_USAGE', message, byHand);
