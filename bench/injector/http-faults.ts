// What HTTP faults cost the injector's memory: 100 downloads of 50 MB at once through a fault that lets half of each body pass.
// The injector runs in a process of its own, as it does in a run.
import {measureDownloads} from '../../test/helpers/http-downloads.ts';
import {figureOf, medianOf, type Part, wantedOf} from '../part.ts';

const count = 100;

export const part: Part = {
  title: 'Memory of HTTP faults',
  rounds: {full: 3, quick: 1},
  missing: () => (process.platform === 'linux' ? null : 'memory is read from /proc, which only Linux has'),
  async measure({rounds, isQuick, takes}) {
    const megabytes = isQuick ? 2 : 50;
    const title = `peak memory, ${count} concurrent downloads of ${megabytes} MB, half of each let through`;
    if (!takes(title)) return {rows: [], notes: []};
    const peaks: number[] = [];
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const bodyBytes = megabytes * 1_000_000;
      const {receivedBytes, peakBytes, elapsedMs} = await measureDownloads({count, bodyBytes});
      if (receivedBytes !== (count * bodyBytes) / 2) {
        throw new Error(`${receivedBytes} bytes were received, and not half of ${count * bodyBytes}`);
      }
      peaks.push(peakBytes / 1e6);
      seconds.push(elapsedMs / 1000);
    }
    const figure = figureOf(title, peaks);
    const wanted = wantedOf(figure, {atMost: 200}, 'MB');
    const received = ((count * megabytes) / 2).toLocaleString('en');
    return {
      rows: [{title, unit: 'MB', digits: 0, figure, beside: {}, ratio: null, wanted}],
      notes: [`${received} MB were received in ${medianOf(seconds).toFixed(1)} s.`],
    };
  },
};
