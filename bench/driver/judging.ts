// (e) How long a user waits for the report once the last phase is over.
import {withHarnessRun} from './harness-run.ts';
import type {Row} from './row.ts';

export const judgingRow: Row = {
  name: 'judging',
  point: 'e',
  title: 'judging: from the last phase to the report, a million operations and 200,000 spans',
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
          if (event.kind === 'load-ended') steps.push(['the load ended', event.atMs]);
          if (event.kind === 'drained') steps.push(['drained', event.atMs]);
          if (event.kind === 'closed') steps.push(['the library closed', event.atMs]);
          if (event.kind === 'exit') steps.push(['the subject gone', event.exit.atMs]);
        }
        const reportAtMs = reportAtEpochMs - originEpochMs;
        steps.push(['the report written', reportAtMs]);
        const endedMs = steps[0]?.[1] ?? Number.NaN;
        return {
          rounds: [(reportAtMs - endedMs) / 1000],
          details: [
            `${operationCount.toLocaleString('en')} operations, ${(await spanCount()).toLocaleString('en')} spans kept`,
            ...steps
              .slice(1)
              .map(([name, atMs]) => `${name} after ${((atMs - endedMs) / 1000).toFixed(2)} s`),
          ],
        };
      },
    ),
};
