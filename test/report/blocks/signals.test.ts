import test from 'ava';
import {librarySignals} from '../../../src/report/blocks/signals.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const trialsOf = (variant: string, trialsPerVariant: number) =>
  judgedRun({trialsPerVariant}).trials.filter(trial => trial.variant === variant);

test('spans are counted by status and error.type, the most frequent first', t => {
  const said = librarySignals(trialsOf('bounded', 3), 3);
  t.is(said?.spanCount, 800);
  t.deepEqual(said?.spanEnds, [
    {status: 'error', errorType: 'UND_ERR_HEADERS_TIMEOUT', count: 752},
    {status: 'error', errorType: 'UND_ERR_REQ_RETRY', count: 48},
  ]);
});

test('durations are in ms, whatever unit they came in', t => {
  const said = librarySignals(trialsOf('defaults', 1), 2);
  t.is(said?.durations.length, 1);
  t.is(said?.durations[0]?.metric, 'http.client.request.duration');
  t.is(said?.durations[0]?.count, 800);
  t.is(said?.durations[0]?.meanMs?.toFixed(1), '302.1');
  t.is(said?.gcMs?.toFixed(1), '17.1');
});

test('collections of a JVM are the runtime’s, and no duration of the library', t => {
  const [trial] = trialsOf('defaults', 1);
  const said = librarySignals(
    [
      {
        ...trial!,
        telemetry: {
          ...trial!.telemetry!,
          metrics: trial!
            .telemetry!.metrics.filter(({name}) => name !== 'http.client.request.duration')
            .map(metric =>
              metric.name === 'v8js.gc.duration' ? {...metric, name: 'jvm.gc.duration'} : metric,
            ),
        },
      },
    ],
    2,
  );
  t.deepEqual(said?.durations, []);
  t.is(said?.gcMs?.toFixed(1), '17.1');
});

test('without telemetry nothing was said', t => {
  t.is(
    librarySignals(
      trialsOf('defaults', 1).map(trial => ({...trial, telemetry: null})),
      2,
    ),
    null,
  );
});
