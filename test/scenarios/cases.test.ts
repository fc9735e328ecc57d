// The case studies in short: the direction, the symptoms and the picture. How large the effect is, their reports tell.
import test from 'ava';
import type {PictureId} from '../../src/model/picture.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {runOnce} from '../helpers/run-once.ts';

type Case = {
  readonly scenario: string;
  readonly before: string;
  readonly after: string;
  readonly symptoms: readonly SymptomId[];
  readonly picture: PictureId;
};

const tellsItsStory = test.macro<[Case]>({
  title: (_, {scenario}) => `${scenario}: more throughput after the change, and the picture before it`,
  async exec(t, {scenario, before, after, symptoms, picture}) {
    t.timeout(120_000);
    const {run, trial} = await runOnce(t, scenario);
    const goodput = (variant: string): number =>
      trial(variant).judgement.phases.find(({phase}) => phase === 'baseline')?.goodputPerSecond ?? 0;
    t.true(goodput(after) > 1.5 * goodput(before), `${goodput(before)}/s before, ${goodput(after)}/s after`);
    const present = (variant: string): string[] =>
      trial(variant)
        .judgement.findings.filter(({verdict}) => verdict === 'present')
        .map(({symptom}) => symptom);
    for (const symptom of symptoms) {
      t.true(present(before).includes(symptom), `${symptom} before: ${present(before).join(', ')}`);
    }
    t.true(
      trial(before).judgement.pictures.some(seen => seen.picture === picture),
      JSON.stringify(trial(before).judgement.pictures),
    );
    t.false(trial(after).judgement.pictures.some(seen => seen.picture === picture));
    t.is(run.record.status, 'complete');
  },
});

test.serial(tellsItsStory, {
  scenario: 'short-exact-buffers',
  before: 'default-buffer',
  after: 'exact-buffer',
  symptoms: ['gc-pressure'],
  picture: 'busy-collector',
});
test.serial(tellsItsStory, {
  scenario: 'short-thread-pool',
  before: 'default-threads',
  after: 'threads-32',
  symptoms: ['under-utilised'],
  picture: 'idle-client',
});
test.serial(tellsItsStory, {
  scenario: 'short-never-trust-defaults',
  before: 'default-credit',
  after: 'credit-32',
  symptoms: ['out-of-memory'],
  picture: 'out-of-memory',
});
