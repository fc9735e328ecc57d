// Rows of proxies side by side: what is compared with what, and which is the fastest.
import test from 'ava';
import {type AllTaken, fastestOf, rowsOf} from '../../../bench/http2/rows.ts';

const taken = (rates: Readonly<Record<string, readonly number[]>>): AllTaken =>
  new Map(
    Object.entries(rates).map(([name, rounds]) => [
      name,
      rounds.map(perSecond => ({perSecond, cpuUs: name === 'no proxy' ? null : 1e6 / perSecond})),
    ]),
  );

const beside = taken({
  'no proxy': [5000, 5000, 5000],
  foulweather: [2000, 2200, 2400],
  'mitmproxy 12.3.1': [1000, 1000, 1000],
  'Envoy 1.40.0': [4000, 4000, 4000],
});

test('foulweather is compared with mitmproxy, whatever its version is', t => {
  const [requests, cpu] = rowsOf('h2', beside);
  t.is(requests?.ratio?.median, 2.2);
  t.deepEqual(requests?.wanted, {text: '≥ 2× mitmproxy', verdict: 'met'});
  t.deepEqual(Object.keys(requests?.beside ?? {}), ['no proxy', 'mitmproxy 12.3.1', 'Envoy 1.40.0']);
  t.deepEqual(Object.keys(cpu?.beside ?? {}), ['mitmproxy 12.3.1', 'Envoy 1.40.0']);
  t.is(cpu?.wanted, null);
});

test('too slow a foulweather is told', t => {
  const [requests] = rowsOf('h2', taken({foulweather: [1500, 1500], 'mitmproxy 12.3.1': [1000, 1000]}));
  t.deepEqual(requests?.wanted, {text: '≥ 2× mitmproxy', verdict: 'not met'});
});

test('plain TCP is compared with the plain relay, and where nothing is there to compare with, nothing is', t => {
  const [relayed] = rowsOf('plain', taken({'no proxy': [9], foulweather: [4], 'plain relay': [4]}));
  t.deepEqual(relayed?.wanted, {text: '≥ 1× plain relay', verdict: 'met'});
  const [alone] = rowsOf('h2c', taken({'no proxy': [9], foulweather: [4], 'nghttpx 1.52.0': [4]}));
  t.is(alone?.ratio, null);
  t.is(alone?.wanted, null);
});

test('the fastest proxy is told, with the ratio to it', t => {
  t.is(
    fastestOf('h2', beside),
    'h2: the fastest is Envoy 1.40.0; foulweather passes 0.55 times (0.53–0.57) as many requests.',
  );
  t.is(
    fastestOf('h2', taken({foulweather: [2], 'mitmproxy 12.3.1': [1]})),
    'h2: foulweather is the fastest.',
  );
  t.is(fastestOf('h2', taken({'no proxy': [3], foulweather: [2]})), null);
});
