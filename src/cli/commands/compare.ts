// foulweather compare: the differences between two results, for a pull request.
import type {Command} from 'commander';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption} from '../options.ts';

type Options = DataOptions & {readonly markdown?: boolean; readonly json?: boolean};

export const addCompareCommand = (root: Command, session: Session): void => {
  const {io} = session;
  root
    .command('compare')
    .description('compare two results of a scenario')
    .argument(
      '<before>',
      'ID of a run, a result.json, or its folder; add :VARIANT for a variant other than the last, :VARIANT-3 for its third trial',
    )
    .argument('<after>', 'likewise')
    .option('--markdown', 'print Markdown for a comment on a pull request')
    .option('--json', 'print the comparison as JSON')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
Examples:
  foulweather compare latest:defaults latest:bounded
  foulweather compare main/result.json reports/my-client --markdown

The exit code is 1 only if a goal got worse.
`,
    )
    .action(async (before: string, after: string, options: Options) => {
      const [{openSide}, {compareSides, goalsGotWorse}, text] = await Promise.all([
        import('../result-file.ts'),
        import('../../report/comparison/run-diff.ts'),
        import('../../report/comparison/run-diff-text.ts'),
      ]);
      const place = {cwd: io.cwd, dataDir: dataDirOf(options, io)};
      const sides = await Promise.all([openSide(place, before), openSide(place, after)]);
      const [first, second] = sides;
      if (first.result.scenario !== second.result.scenario) {
        throw new FoulweatherError(
          'FW_USAGE',
          `${first.title} is a result of scenario "${first.result.scenario}", ${second.title} of "${second.result.scenario}".`,
          'Compare two results of the same scenario.',
        );
      }
      const comparison = compareSides(first, second);
      if (options.json) {
        const {goals, figures} = comparison;
        const name = ({title, result, variant}: typeof first): object => ({
          title,
          runId: result.runId,
          variant: variant.name,
        });
        const shown = {
          scenario: first.result.scenario,
          before: name(first),
          after: name(second),
          goals,
          figures,
        };
        io.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      } else {
        io.stdout.write(
          options.markdown ? text.comparisonMarkdown(comparison) : text.comparisonLines(comparison),
        );
      }
      session.exitCode = goalsGotWorse(comparison) ? exitCodes.missed : exitCodes.met;
    });
};
