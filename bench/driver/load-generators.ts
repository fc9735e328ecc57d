// How evenly foulweather and other load generators start requests, as the target sees them: the same rate for all, in turns.
import {figureOf, inTurns, type Part, type Row} from '../part.ts';
import type {Arrivals} from './arrivals.ts';
import {type Peer, peers} from './peers.ts';
import {runLoop, startTarget} from './processes.ts';

const ratePerSecond = 5000;

const seen: readonly {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly of: (arrivals: Arrivals) => number;
}[] = [
  {title: 'rate', unit: '/s', digits: 0, of: arrivals => arrivals.ratePerSecond},
  {title: 'from one request to the next, p99', unit: 'ms', digits: 1, of: arrivals => arrivals.spacingP99Ms},
  {title: 'largest gap', unit: 'ms', digits: 1, of: arrivals => arrivals.spacingMaxMs},
  {title: 'deviation from even pacing, p99', unit: 'ms', digits: 1, of: arrivals => arrivals.offBeatP99Ms},
];

export const part: Part = {
  title: 'Load generators',
  rounds: {full: 2, quick: 1},
  missing() {
    const absent = peers.filter(({path}) => path === null).map(({name, variable}) => `${name} (${variable})`);
    return absent.length === 0 ? null : `not named: ${absent.join(', ')}; see docs/performance.md`;
  },
  async measure({rounds, isQuick, takes}) {
    const durationMs = isQuick ? 1500 : 5000;
    const target = await startTarget();
    const arrivals = new Map<string, Arrivals[]>();
    const drive = new Map<string, () => Promise<unknown>>([
      ['foulweather', () => runLoop({kind: 'paced', url: target.url, durationMs, ratePerSecond})],
    ]);
    for (const peer of peers) {
      // Beside foulweather's second of warm-up.
      const load = {url: target.url, ratePerSecond, durationMs: durationMs + 1000};
      drive.set(await headOf(peer), () => peer.drive(peer.path!, load));
    }
    await inTurns([...drive.keys()], rounds, async name => {
      process.stderr.write(`  ${name}\n`);
      await target.arrivals();
      await drive.get(name)!();
      arrivals.set(name, [...(arrivals.get(name) ?? []), await target.arrivals()]);
    });
    await target.stop();
    const rows = seen
      .filter(({title}) => takes(title))
      .map(({title, unit, digits, of}): Row => {
        const figures = [...drive.keys()].map(
          name => [name, figureOf(`${title}, ${name}`, arrivals.get(name)!.map(of))] as const,
        );
        const [[, figure], ...others] = figures as [(typeof figures)[number], ...typeof figures];
        return {title, unit, digits, figure, beside: Object.fromEntries(others), ratio: null, wanted: null};
      });
    return {rows, notes: []};
  },
};

const headOf = async ({name, version, path}: Peer): Promise<string> => `${name} ${await version(path!)}`;
