// How long a user waits for the report once the last phase is over.
import {withHarnessRun} from './harness-run.ts';
import type {DriverRow} from './row.ts';

export const judgingRow: DriverRow = {
  title: 'judging: from the last phase to the report, 1 million operations and 200,000 spans',
  unit: 's',
  digits: 2,
  limit: {atMost: 2},
  measure: ({scale}) =>
    withHarnessRun(
      {scenario: 'spans', variant: 'spans'},
      scale,
      async ({journal, spanCount, reportAtEpochMs}) => {
        let originEpochMs = 0;
        let operationCount = 0;
        const steps: [name: string, atMs: number][] = [];
        for await (const event of journal) {
          if (event.kind === 'trial') ({originEpochMs} = event);
          if (event.kind === 'operations') {
            const length = Buffer.from(event.outcomes, 'base64').length;
            operationCount = Math.max(operationCount, event.fromIndex + length);
          }
          if (event.kind === 'load-ended') steps.push(['the end of the load', event.atMs]);
          if (event.kind === 'drained') steps.push(['the drain', event.atMs]);
          if (event.kind === 'closed') steps.push(['closing the library', event.atMs]);
          if (event.kind === 'exit') steps.push(['the end of the subject', event.exit.atMs]);
        }
        const reportAtMs = reportAtEpochMs - originEpochMs;
        steps.push(['the report', reportAtMs]);
        const endedMs = steps[0]?.[1] ?? Number.NaN;
        return {
          rounds: [(reportAtMs - endedMs) / 1000],
          notes: [
            `judging: ${operationCount.toLocaleString('en')} operations and ${(await spanCount()).toLocaleString('en')} spans. ` +
              `Done after the load, in seconds: ${steps
                .slice(1)
                .map(([name, atMs]) => `${name} ${((atMs - endedMs) / 1000).toFixed(2)}`)
                .join(', ')}.`,
          ],
        };
      },
    ),
};
