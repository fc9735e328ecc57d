// foulweather compare: the differences between two results, for a pull request.
import type {Command} from 'commander';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../session.ts';

type Options = {readonly markdown?: boolean; readonly json?: boolean};

export const addCompareCommand = (root: Command, session: Session): void => {
  const {io} = session;
  root
    .command('compare')
    .description('compare two results of a scenario')
    .argument(
      '<before>',
      'a run’s id, a result.json or its folder; with :variant another one than the candidate, with :variant-3 a single trial',
    )
    .argument('<after>', 'the same')
    .option('--markdown', 'print markdown for a comment on a pull request')
    .option('--json', 'print the comparison as JSON')
    .action(async (before: string, after: string, options: Options) => {
      const [{openSide}, {compareSides, goalsGotWorse}, text] = await Promise.all([
        import('../result-file.ts'),
        import('../../report/comparison/run-diff.ts'),
        import('../../report/comparison/run-diff-text.ts'),
      ]);
      const sides = await Promise.all([openSide(io.cwd, before), openSide(io.cwd, after)]);
      const [first, second] = sides;
      if (first.result.scenario !== second.result.scenario) {
        throw new FoulweatherError(
          'FW_USAGE',
          `${first.title} is of the scenario ${first.result.scenario}, ${second.title} of ${second.result.scenario}.`,
          'Compare two results of one scenario.',
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
