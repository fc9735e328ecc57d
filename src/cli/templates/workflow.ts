// A GitHub workflow with the reliability job: what `foulweather init --ci` writes.
import {minimumPairs} from '../../stats/bootstrap.ts';

/** Where GitHub looks for it. */
export const workflowFile = '.github/workflows/reliability.yml';

/** As many jobs as a matrix may have: "Running variations of jobs in a workflow" in GitHub's documentation. */
export const mostJobs = 256;

export type WorkflowOptions = {
  /** As it is given to `foulweather run`, relative to the repository's root. */
  readonly scenario: string;
  /** The server that the scenario needs, where it needs one. */
  readonly debianPackage: string | null;
  /** How many jobs share the trials; null: one job makes the run. */
  readonly shards: number | null;
};

export const workflowTemplate = (options: WorkflowOptions): string => `# This job expects in this repository:
# - foulweather, and the library that the scenario imports, in the devDependencies of package.json
#   (npm install --save-dev foulweather …);
# - a committed package-lock.json, for npm ci and for the cache of setup-node;
# - the scenario file, committed, with its path below relative to the repository root.
# To test a library in its own repository, let the scenario import the working copy.
name: reliability

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
${options.shards === null ? '' : shardJob(options, options.shards)}  reliability:
${options.shards === null ? '' : mergeCondition}    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
${setUp(options)}${options.shards === null ? runStep(options) : mergeSteps}      # Fails as long as any reproducer that \`npx foulweather explore\` saved still fails.
      - run: npx foulweather explore --replay${options.scenario.endsWith(' --start-services') ? ' --start-services' : ''} --reporter github --reporter junit=reliability/replay.xml
        if: always() && hashFiles('foulweather/reproducers/*') != ''
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: reliability
          path: reliability
`;

const setUp = ({debianPackage}: WorkflowOptions): string => `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          cache: npm
      - run: npm ci
${debianPackage === null ? '' : `      - run: sudo apt-get update && sudo apt-get install --yes ${debianPackage}\n`}`;

const exitCodesComment = `      # Exit code 0: goals met. 1: goals missed. 2: inconclusive, which proves nothing either way.
`;

const runStep = ({
  scenario,
}: WorkflowOptions): string => `${exitCodesComment}      - run: npx foulweather run ${scenario} --out reliability --reporter github --reporter junit=reliability/junit.xml
`;

/** The same number for each shard, and enough of them for an interval. */
const trialsFor = (shards: number): number => shards * Math.ceil(minimumPairs / shards);

const shardJob = (
  options: WorkflowOptions,
  shards: number,
): string => `  # Each job makes its part of the trials; the next one merges the parts and judges the whole.
  shard:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    strategy:
      fail-fast: false
      matrix:
        shard: [${Array.from({length: shards}, (_, index) => index + 1).join(', ')}]
    steps:
${setUp(options)}${exitCodesComment}      - run: npx foulweather run ${options.scenario} --trials ${trialsFor(shards)} --shard \${{ matrix.shard }}/\${{ strategy.job-total }} --data shard
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: shard-\${{ matrix.shard }}
          path: shard/runs
`;

/** A shard that failed has something to report, too. */
const mergeCondition = `    needs: shard
    if: \${{ !cancelled() }}
`;

const mergeSteps = `      - uses: actions/download-artifact@v4
        with:
          pattern: shard-*
          path: shards
      # A shard that is missing makes the run inconclusive.
      - run: npx foulweather merge shards --out reliability --reporter github --reporter junit=reliability/junit.xml
`;
