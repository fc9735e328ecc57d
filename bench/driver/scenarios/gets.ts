// undici GETs at a rate that leaves the process half of its core: what its profiles cost beside that.
import {defineScenario} from 'foulweather';
import {Pool} from 'undici';

const scale = Number(process.env['BENCH_SCALE'] ?? 1);

export default defineScenario({
  name: 'gets',
  observation: 'It is looked at while it works.',
  target: {kind: 'http'},
  variants: [{name: 'gets', options: {}}],
  load: {model: 'open', ratePerSecond: 3000, maxInFlight: 10_000},
  operation: {deadlineMs: 2000, idempotent: true},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 3000 * scale},
    {name: 'baseline', role: 'baseline', durationMs: 10_000 * scale},
  ],
  subject: {
    open: ({url}) => new Pool(url, {connections: 64}),
    async perform(pool, {id}) {
      const {body} = await pool.request({path: `/echo/${id}`, method: 'GET'});
      await body.dump();
      return undefined;
    },
    close: pool => pool.close(),
  },
});
