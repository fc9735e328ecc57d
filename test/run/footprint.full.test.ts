// What the harness keeps in the library's process is not the library's.
import test from 'ava';
import type {Trial} from '../../src/model/trial.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const allowedBytes = 0.5 * 1024 ** 2;

/** From the end of the baseline to the end of the load, as memory-growth looks at it. */
const grownBytes = ({heaps}: Trial): number => {
  const sizes = heaps.map(({heapUsedBytes, externalBytes}) => heapUsedBytes + externalBytes);
  return sizes.at(-1)! - sizes[0]!;
};

const verdictOf = (ran: RunOnce, variant: string, symptom: string): string | undefined =>
  ran.trial(variant).judgement.findings.find(finding => finding.symptom === symptom)?.verdict;

const keepsNothing = test.macro({
  title: (given = '') => `nothing grows for clients that keep nothing, ${given}`,
  async exec(t, options: {readonly profiles: boolean; readonly telemetry: 'full' | 'off'}) {
    const ran = await runOnce(t, 'footprint', {
      variants: ['nothing', 'undici'],
      profiles: options.profiles,
      reshape: plan => ({
        ...plan,
        variants: plan.variants.map(variant => ({
          ...variant,
          process: {...variant.process, telemetry: options.telemetry},
        })) as unknown as typeof plan.variants,
      }),
    });
    for (const variant of ['nothing', 'undici']) {
      const {trial} = ran.trial(variant);
      t.is(trial.driver.drained?.inFlight, 0);
      // Of the baseline, eleven recoveries, and the end, which is that of the twelfth.
      t.is(trial.heaps.length, 13);
      const grown = grownBytes(trial);
      t.log(`${variant}: ${(grown / 1024).toFixed(0)} KiB`);
      t.true(grown < allowedBytes, `${variant}: ${grown} bytes`);
      t.is(verdictOf(ran, variant, 'memory-growth'), 'clear');
      t.deepEqual(
        trial.warnings.filter(({name}) => name === 'MaxListenersExceededWarning'),
        [],
      );
    }
  },
});

test('with profiles and telemetry', keepsNothing, {profiles: true, telemetry: 'full'});
test('without profiles and telemetry', keepsNothing, {profiles: false, telemetry: 'off'});

test('a client that keeps 1 MiB of each fault is found', async t => {
  const ran = await runOnce(t, 'footprint', {variants: ['keeps']});
  const grown = grownBytes(ran.trial('keeps').trial);
  t.log(`${(grown / 1024).toFixed(0)} KiB`);
  t.is(verdictOf(ran, 'keeps', 'memory-growth'), 'present');
});
