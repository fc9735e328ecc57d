// What h2load prints, as it prints it.
import test from 'ava';
import {resultIn} from '../../../bench/http2/load.ts';

const printed = (rate: string, counts: string, codes: string): string => `starting benchmark...
Application protocol: h2

finished in 2.00s, ${rate} req/s, 4.21MB/s
requests: ${counts}
status codes: ${codes}
traffic: 8.42MB (8830112) total, 1.05MB (1104012) headers (space savings 52.63%), 6.29MB (6590000) data
                     min         max         mean         sd        +/- sd
time for request:      301us     12.03ms      1.63ms       512us    83.12%
`;
const done = '49061 total, 49101 started, 49061 done, 49061 succeeded, 0 failed, 0 errored, 0 timeout';

test('the count and the rate are read', t => {
  const {count, elapsedMs} = resultIn(printed('24530.50', done, '49101 2xx, 0 3xx, 0 4xx, 0 5xx'));
  t.is(count, 49_061);
  t.is(Math.round(elapsedMs), 2000);
});

test('requests that failed are no measurement', t => {
  const failed = '49061 total, 49101 started, 49061 done, 49060 succeeded, 1 failed, 1 errored, 0 timeout';
  t.throws(() => resultIn(printed('24530.50', failed, '49101 2xx, 0 3xx, 0 4xx, 0 5xx')), {
    message: /1 failed/,
  });
  t.throws(() => resultIn(printed('24530.50', done, '12 2xx, 0 3xx, 49049 4xx, 0 5xx')), {
    message: /49049 4xx/,
  });
  t.throws(() => resultIn('could not connect to host'), {message: /could not connect/});
});
