// --shard: a part by its number, or the one that an engine says this machine is.
import {readFileSync} from 'node:fs';
import test from 'ava';
import {Command} from 'commander';
import {countVariable, engines, type ShardOption, shardOf, shardOption} from '../../src/cli/shard-option.ts';
import {FoulweatherError} from '../../src/model/errors.ts';

const parsed = (text: string): ShardOption => {
  const command = new Command()
    .exitOverride()
    .configureOutput({writeErr() {}})
    .addOption(shardOption());
  command.parse(['--shard', text], {from: 'user'});
  return command.opts<{shard: ShardOption}>().shard;
};

const shardFrom = (text: string, env: NodeJS.ProcessEnv = {}): string => {
  const {index, count} = shardOf(parsed(text), env);
  return `${index}/${count}`;
};

const isFound = test.macro<[text: string, env: NodeJS.ProcessEnv, expected: string]>({
  title: (_, text, env) => `--shard ${text} with ${JSON.stringify(env)}`,
  exec(t, text, env, expected) {
    t.is(shardFrom(text, env), expected);
  },
});

test(isFound, '2/4', {}, '2/4');
test(isFound, '1/1', {}, '1/1');
test(isFound, '10000/10000', {}, '10000/10000');
// What is named by hand needs no engine, whatever that says.
test(isFound, '2/4', {CI_NODE_INDEX: '3', CI_NODE_TOTAL: '9'}, '2/4');
test(isFound, 'auto/8', {JOB_COMPLETION_INDEX: '0'}, '1/8');
test(isFound, 'auto', {JOB_COMPLETION_INDEX: '7', [countVariable]: '8'}, '8/8');
test(isFound, 'auto', {CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4'}, '1/4');
test(isFound, 'auto', {CI_NODE_INDEX: '4', CI_NODE_TOTAL: '4'}, '4/4');
test(isFound, 'auto', {CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '4'}, '1/4');
test(isFound, 'auto', {CIRCLE_NODE_INDEX: '3', CIRCLE_NODE_TOTAL: '4', CI_NODE_INDEX: ''}, '4/4');
test(isFound, 'auto', {BUILDKITE_PARALLEL_JOB: '1', BUILDKITE_PARALLEL_JOB_COUNT: '2'}, '2/2');
test(isFound, 'auto', {AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10'}, '10/10');
test(isFound, 'auto/10', {AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10'}, '10/10');

const slurm = (id: number, min: number, count: number, step = 1): NodeJS.ProcessEnv => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_STEP: String(step),
});

test(isFound, 'auto', slurm(0, 0, 4), '1/4');
test(isFound, 'auto', slurm(4, 1, 4), '4/4');
test(isFound, 'auto', slurm(5, 1, 4, 2), '3/4');

const isRefused = test.macro<[text: string, env: NodeJS.ProcessEnv, message: RegExp]>({
  title: (_, text, env) => `refused: --shard ${text} with ${JSON.stringify(env)}`,
  exec(t, text, env, message) {
    const error = t.throws(() => shardFrom(text, env));
    const hint = error instanceof FoulweatherError ? error.hint : '';
    t.regex(`${error?.message} ${hint}`, message);
  },
});

for (const text of [
  '0/4',
  '5/4',
  '4',
  '/4',
  '1/0',
  'a/b',
  '1/4/9',
  '-1/4',
  '1.5/4',
  '1/10001',
  'auto/0',
  'automatic',
]) {
  test(isRefused, text, {}, /It must be a part of a whole, from 1\/1 to 10000\/10000, such as 2\/4; or auto/);
}
test(
  isRefused,
  'auto',
  {},
  /found no engine .* JOB_COMPLETION_INDEX, CI_NODE_INDEX, .* is set\. Name the shard/,
);
test(isRefused, 'auto', {CI_NODE_TOTAL: '1'}, /found no engine/);
test(
  isRefused,
  'auto',
  {JOB_COMPLETION_INDEX: '1'},
  /Kubernetes does not say how many .* auto\/8, or set FOULWEATHER_SHARDS/,
);
test(isRefused, 'auto', {CI_NODE_INDEX: '1'}, /GitLab does not say how many/);
test(
  isRefused,
  'auto/8',
  {CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4'},
  /auto\/8 does not fit: CI_NODE_TOTAL is 4\./,
);
test(
  isRefused,
  'auto/2',
  {JOB_COMPLETION_INDEX: '2'},
  /JOB_COMPLETION_INDEX is 2, which is not one of 2 from 0 on/,
);
test(
  isRefused,
  'auto',
  {CI_NODE_INDEX: '0', CI_NODE_TOTAL: '2'},
  /CI_NODE_INDEX is 0, which is not one of 2 from 1 on/,
);
test(
  isRefused,
  'auto',
  {CI_NODE_INDEX: 'one', CI_NODE_TOTAL: '2'},
  /CI_NODE_INDEX is "one", which is not a number/,
);
test(isRefused, 'auto', slurm(9, 1, 3), /SLURM_ARRAY_TASK_ID is 9, which is not one of 3 from 1 on/);
test(isRefused, 'auto', slurm(4, 1, 4, 2), /is 4, which is not one of 4, 2 apart, from 1 on/);
test(
  isRefused,
  'auto',
  {JOB_COMPLETION_INDEX: '1', ...slurm(1, 1, 4)},
  /ambiguous: both JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID are set/,
);

test('the page about shards names all that is read of an engine', t => {
  const page = readFileSync(new URL('../../docs/shards.md', import.meta.url), 'utf8');
  const variables = engines.flatMap(({index, count}) => [index, count ?? countVariable]);
  t.deepEqual(
    variables.filter(name => !page.includes(`\`${name}\``)),
    [],
  );
});
