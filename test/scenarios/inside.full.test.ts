// What the scenarios of the inside of libraries are about, in short: each is driven whole, with all of its variants, by its
// own phases cut short. What a library does is asserted where its docs or the protocol say so, or where its own options
// make the difference.
import test, {type ExecutionContext} from 'ava';
import {missedNotes, trialMistakes} from '../../scripts/trial-mistakes.ts';
import type {PhaseRole} from '../../src/model/choices.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {PhaseSummary} from '../../src/model/run.ts';
import type {ServiceName} from '../../src/model/service.ts';
import {builtinFile} from '../../src/scenarios/builtin.ts';
import {pack} from '../../src/scenarios/pack.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {Lanes} from '../helpers/lanes.ts';
import {runOnce} from '../helpers/run-once.ts';

type Seen = (variant: string, phase: string) => PhaseSummary;

type Inside = {
  readonly service?: ServiceName;
  /** What it is about: a sentence. */
  readonly story: string;
  readonly shows: (t: ExecutionContext, seen: Seen) => void;
  /** Phases whose fault may meet too few connections to hit one; nothing is asked about them. */
  readonly mayMiss?: readonly string[];
  /** How long its faults last at most; 2.5 s where it says nothing. */
  readonly faultMs?: number;
};

const hung = ({outcomes}: PhaseSummary): number => outcomes.hung;

const hangsOnlyIn =
  (phase: string, before: string, after: string): Inside['shows'] =>
  (t, seen) => {
    const [hungBefore, hungAfter] = [hung(seen(before, phase)), hung(seen(after, phase))];
    t.true(hungBefore > 0, `none hung in ${phase} of ${before}`);
    // Where the machine pauses, some that are bounded are late, too.
    t.true(hungAfter <= 0.2 * hungBefore, `${hungAfter} hung in ${phase} of ${after}, ${hungBefore} before`);
  };

/** What is in flight when a phase begins may still get through, and where the machine pauses that is more. */
const mostlyFails = (t: ExecutionContext, {phase, successRatio}: PhaseSummary): void => {
  t.true(successRatio! < 0.4, `${successRatio} succeeded in ${phase}`);
};

const insides: {readonly [scenario: string]: Inside} = {
  'inside-token': {
    story: 'calls wait for a server of credentials that is silent, but not where good ones are kept',
    shows(t, seen) {
      for (const phase of ['tokens-slow', 'tokens-silent', 'tokens-unavailable']) {
        t.true(seen('kept', phase).successRatio! > 0.95, phase);
      }
      t.true(seen('defaults', 'tokens-silent').successRatio! < 0.9);
      for (const variant of ['defaults', 'kept']) {
        t.true(seen(variant, 'refused').outcomes.failed > 0, 'a token is refused');
        t.true(seen(variant, 'recovery').successRatio! > 0.95, 'it is good again');
      }
    },
  },
  'inside-scram': {
    service: 'postgres',
    story:
      'no login survives a cut, and none a wrong signature; one that is silent is given up where it is bounded',
    shows(t, seen) {
      const cuts = ['offer-cut', 'challenge-cut', 'signature-cut', 'parameters-cut', 'answer-cut'];
      for (const phase of [...cuts, 'wrong-signature']) mostlyFails(t, seen('defaults', phase));
      hangsOnlyIn('challenge-stalled', 'defaults', 'bounded')(t, seen);
    },
  },
  'inside-amqp-handshake': {
    service: 'rabbitmq',
    story: 'no handshake survives a cut, and one that is silent is given up where it is bounded',
    shows(t, seen) {
      for (const phase of ['greeting-cut', 'login-cut']) mostlyFails(t, seen('defaults', phase));
      hangsOnlyIn('silent', 'defaults', 'bounded')(t, seen);
    },
  },
  'inside-retry-after': {
    story: 'callers wait for as long as Retry-After says, and give up where it is capped',
    shows: hangsOnlyIn('maintenance', 'defaults', 'capped'),
  },
  'inside-reply-lost': {
    story: 'a write whose reply is lost is there twice, unless it is sent once or known again',
    shows(t, seen) {
      t.true(seen('defaults', 'reply-lost').duplicateCount! > 0);
      for (const phase of ['reply-lost', 'reply-cut', 'unavailable']) {
        for (const variant of ['once', 'deduplicated']) t.is(seen(variant, phase).duplicateCount, 0);
      }
    },
  },
  'inside-transfer': {
    story: 'a whole upload does not get through a line that is cut, and one in blocks does',
    // Shorter than the library's first pause, so that no upload is still waiting when downloads are cut.
    faultMs: 3900,
    shows(t, seen) {
      // Those that are begun again may succeed once the fault is over: what counts is what comes while it lasts.
      const goodput = (variant: string, phase: string) => seen(variant, phase).goodputPerSecond;
      t.true(goodput('blocks', 'uploads-cut') > 1.3 * goodput('defaults', 'uploads-cut'));
      const succeeded = (variant: string) => seen(variant, 'downloads-cut').successRatio!;
      t.true(succeeded('resumed') > succeeded('blocks'), 'rests are asked for');
    },
  },
  'inside-slow-consumer': {
    story: 'what comes faster than it is handled fills the heap, unless the WebSocket is paused',
    shows(t, seen) {
      const heap = (variant: string) => seen(variant, 'far').heapMaxBytes!;
      t.true(heap('as-it-comes') > 2 * heap('paused'), `${heap('as-it-comes')} and ${heap('paused')}`);
    },
  },
  'inside-cache': {
    story: 'what is kept is not asked for again, and nothing is wrong or stale under faults',
    shows(t, seen) {
      for (const variant of ['defaults', 'bounded']) {
        const {attempts, started} = seen(variant, 'baseline');
        // Without a cache there is one for each; what starts together finds nothing kept yet.
        t.true(attempts! < 0.75 * started, `${attempts} attempts of ${started} in ${variant}`);
        for (const phase of ['half-answer', 'cut-by-reset', 'recovery']) {
          t.is(seen(variant, phase).outcomes.wrong, 0, phase);
        }
      }
      hangsOnlyIn('stall', 'defaults', 'bounded')(t, seen);
    },
  },
  'inside-pool': {
    service: 'postgres',
    story: 'connections that are lost without a word take the pool away, unless queries are bounded',
    // It hits every second connection, and a pool whose queries do not overlap has one.
    mayMiss: ['some-stalled'],
    shows(t, seen) {
      t.true(seen('defaults', 'too-slow').responseP99Ms! > 300, 'callers queue');
      hangsOnlyIn('lost-behind', 'defaults', 'bounded')(t, seen);
    },
  },
  'inside-restart': {
    service: 'redis',
    story: 'connections that are lost without a word hold their commands, unless those are bounded',
    shows: hangsOnlyIn('lost-behind', 'defaults', 'bounded'),
  },
  'inside-keep-alive': {
    // Six of 240 requests lose the race.
    faultMs: 4000,
    story: 'a request that races with the end of its connection fails, unless it is sent once more',
    shows(t, seen) {
      const failed = (variant: string) => 1 - seen(variant, 'race').successRatio!;
      t.true(failed('defaults') > 0);
      t.true(failed('once-more') < failed('defaults'));
    },
  },
  'inside-close': {
    story: 'close() waits for what is under way, for as long as that is not bounded',
    shows: hangsOnlyIn('stall', 'defaults', 'bounded'),
  },
};

const atMostMs: Readonly<Record<Exclude<PhaseRole, 'fault'>, number>> = {
  'warm-up': 1000,
  baseline: 2000,
  recovery: 5000,
};

/** What comes after the last fault is not asked about here. */
const inShort = (plan: Plan, faultMs: number): Plan => {
  const mostMs = {...atMostMs, fault: faultMs};
  const phases = plan.phases.map((phase, index) => ({
    ...phase,
    durationMs: Math.min(phase.durationMs, index === plan.phases.length - 1 ? 1500 : mostMs[phase.role]),
  }));
  return {...plan, phases: phases as unknown as Plan['phases']};
};

/** They mostly wait, and what is asserted does not depend on the time that they take from each other. */
const lanes = new Lanes(3);

const isSeen = async (
  t: ExecutionContext,
  scenario: string,
  {service, shows, mayMiss = [], faultMs = 2500}: Inside,
): Promise<void> => {
  const {run} = await lanes.take(() =>
    runOnce(t, scenario, {
      scenarioFile: builtinFile(scenario)!,
      startServices: service !== undefined,
      reshape: plan => inShort(plan, faultMs),
      profiles: false,
      limits: {idleMs: 500, closeMs: 1000},
    }),
  );
  const {trials} = run.judgement;
  t.is(run.record.status, 'complete');
  t.is(trials.length, run.record.plan.variants.length);
  const mistakes = trials.flatMap(trial =>
    [
      ...trialMistakes(trial),
      ...missedNotes({...trial, phases: trial.phases.filter(({phase}) => !mayMiss.includes(phase))}),
    ].map(mistake => `${trial.variant}: ${mistake}`),
  );
  t.deepEqual(mistakes, []);
  shows(t, (variant, phase) => {
    const trial = trials.find(candidate => candidate.variant === variant);
    const seen = trial?.phases.find(candidate => candidate.phase === phase);
    if (!seen) throw new Error(`${variant} has no phase ${phase}`);
    return seen;
  });
};

const isShown = test.macro<[string, Inside]>({
  title: (_, scenario, {story}) => `${scenario}: ${story}`,
  async exec(t, scenario, one) {
    t.timeout(600_000);
    await isSeen(t, scenario, one);
  },
});

for (const {name} of pack.filter(({kind}) => kind === 'inside')) {
  const one = insides[name];
  if (one === undefined) {
    test(`${name} says here what it is about`, t => t.fail());
    continue;
  }
  const missing = one.service && services[one.service];
  const places = {path: process.env['PATH'] ?? '', cwd: process.cwd()};
  if (missing && findProgram(missing.program, missing.folders, places) === null) {
    console.error(`${name} is not run: ${installCommand(missing)}`);
  } else test(isShown, name, one);
}
