// The order in which a walk asks subject and injector, against stand-ins for both.
import test from 'ava';
import type {FaultyLink} from '../../../src/faults/control.ts';
import type {FirstOperation} from '../../../src/model/driver-witness.ts';
import type {TrialEvent} from '../../../src/model/event.ts';
import {resetPeer} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {openingPhase} from '../../../src/model/telemetry.ts';
import {defaultLimits} from '../../../src/run/limits.ts';
import type {HarnessWatch} from '../../../src/run/processes/harness-watch.ts';
import type {SubjectChild} from '../../../src/run/processes/start-subject.ts';
import {ComebackWatch} from '../../../src/run/trial/comeback-watch.ts';
import type {Samplers} from '../../../src/run/trial/samplers.ts';
import {TrialRunner} from '../../../src/run/trial/trial-runner.ts';
import {TrialStopped} from '../../../src/run/trial/trial-stopped.ts';
import type {FromSubject, ToSubject} from '../../../src/subject/protocol.ts';
import {plan as small} from '../../helpers/run-journal.ts';

const plan: Plan = {
  ...small,
  operation: {deadlineMs: 100, idempotent: true},
  phases: [
    {name: 'calm', role: 'baseline', durationMs: 5, faults: []},
    {name: 'reset', role: 'fault', durationMs: 5, faults: [resetPeer()]},
    {name: 'back', role: 'recovery', durationMs: 5, faults: []},
  ],
};

type Say = (message: ToSubject) => FromSubject | null;

const error = {name: 'Error', code: null, message: 'no', stack: [], causes: []};

/** How a subject answers that does what it should. */
const obeys: Say = message => {
  switch (message.kind) {
    case 'open':
      return {kind: 'opened', atMs: 1};
    case 'try':
      return {kind: 'tried', atMs: 2, first: {status: 'answered', afterMs: 1, triedCount: 1}};
    case 'phase':
      return {kind: 'entered', atMs: 3, phase: message.phase};
    case 'drain':
      return {kind: 'drained', atMs: 4, inFlight: 0};
    case 'close':
      return {kind: 'closed', atMs: 5, durationMs: 1, result: 'resolved', error: null};
    default:
      return null;
  }
};

const walkWith = async (say: Say, {enterMs = 1000, exits = false, closeMs = 1000, planned = plan} = {}) => {
  const steps: string[] = [];
  const told: string[] = [];
  const announced: number[] = [];
  const events: TrialEvent[] = [];
  const answers: FromSubject[] = [{kind: 'loaded', pid: 1, runtime: 'Node.js', versions: {}}];
  const subject = {
    exited: exits ? new Promise(resolve => setTimeout(resolve, 20)) : new Promise(() => {}),
    disconnected: Promise.resolve(),
    hasExited: exits,
    send(message: ToSubject) {
      steps.push(message.kind === 'phase' ? `phase ${message.phase}` : message.kind);
      const answer = say(message);
      if (answer) answers.push(answer);
    },
    async next(kinds: readonly string[], limitMs: number) {
      const at = answers.findIndex(({kind}) => kinds.includes(kind));
      if (at >= 0) return answers.splice(at, 1)[0];
      await new Promise(resolve => setTimeout(resolve, limitMs));
      throw new Error('late');
    },
  };
  const link = {
    clear: async () => void steps.push('clear'),
    put: async (name: string) => void steps.push(`put ${name}`),
    apply: async (name: string) => void steps.push(`apply ${name}`),
  };
  const samplers = {sampleInjector: async () => 0, drainInjectorLog: async () => {}};
  const walk = new TrialRunner({
    subject: subject as unknown as SubjectChild,
    link: link as unknown as FaultyLink,
    server: {begin() {}, end: async () => void steps.push('server back')},
    samplers: samplers as unknown as Samplers,
    harness: {edge() {}} as unknown as HarnessWatch,
    plan: planned,
    now: () => performance.now(),
    record: event => events.push(event),
    notifyReceiver: phase => announced.push(phase),
    waiting: what => told.push(what),
    keepGoing: false,
    whenIdle: async () => {},
    signal: new AbortController().signal,
    limits: {...defaultLimits, enterMs, enterAgainMs: 20, lingerMs: 10, answerSlackMs: 10, closeMs},
    heapSnapshot: false,
    comeback: new ComebackWatch(planned),
  });
  const stopped = await walk.run().then(
    () => null,
    (reason: unknown) => (reason instanceof TrialStopped ? reason.why : reason),
  );
  const edges = events.flatMap(event => (event.kind === 'edge' ? event.edge.phase : []));
  return {
    steps: steps.filter(step => step !== 'server back'),
    all: steps,
    told,
    announced,
    edges,
    stopped,
    events,
  };
};

test('the subject enters a phase when the old faults are gone, and before the new ones begin', async t => {
  const {steps, announced, edges} = await walkWith(obeys);
  t.deepEqual(steps, [
    'open',
    'try',
    ...['clear', 'put calm', 'phase 0'],
    ...['clear', 'phase 1', 'put reset'],
    ...['clear', 'phase 2', 'put back'],
    'apply drain',
    'drain',
    'close',
  ]);
  t.deepEqual(edges, [0, 1, 2]);
  t.deepEqual(announced.slice(0, 4), [openingPhase, 0, 1, 2]);
});

test('the server is back before the next phase begins', async t => {
  const {all} = await walkWith(obeys);
  t.deepEqual(all.slice(all.indexOf('put reset'), all.indexOf('phase 2')), [
    'put reset',
    'server back',
    'clear',
  ]);
});

const closingPlan: Plan = {
  ...plan,
  phases: [plan.phases[0], {...plan.phases[1]!, endsWith: 'close'}],
};

const closes: Say = message =>
  message.kind === 'close-under-load'
    ? {kind: 'closed', atMs: 5, durationMs: 1, result: 'resolved', error: null, inFlight: 1}
    : obeys(message);

test('a last phase that ends with close() has it called under its faults, which end then', async t => {
  const {all, events} = await walkWith(closes, {planned: closingPlan});
  t.deepEqual(all.slice(all.indexOf('put reset')), [
    'put reset',
    'close-under-load',
    'server back',
    'apply drain',
    'drain',
    'leave',
  ]);
  const [loadEnded, calmed] = ['load-ended', 'calmed'].map(kind =>
    events.findIndex(event => event.kind === kind),
  );
  t.true(loadEnded! >= 0 && loadEnded! < calmed!);
});

test('the faults end, too, where close() does not return', async t => {
  const {all, stopped} = await walkWith(obeys, {planned: closingPlan, closeMs: 20});
  t.deepEqual(all.slice(all.indexOf('close-under-load')), ['close-under-load', 'server back', 'apply drain']);
  t.is(stopped, 'unresponsive');
});

const terminatingPlan: Plan = {
  ...plan,
  phases: [plan.phases[0], {...plan.phases[1]!, endsWith: 'sigterm'}],
  thresholds: {'close-hangs': {exitMs: 20}},
};

test('a program is sent SIGTERM under the faults of the last phase, which end when it has ended', async t => {
  const ends: Say = message =>
    message.kind === 'terminate'
      ? {
          kind: 'closed',
          atMs: 5,
          durationMs: 1,
          result: 'resolved',
          error: null,
          inFlight: 1,
          sigterm: {exitCode: 0, signal: null},
        }
      : obeys(message);
  const {all} = await walkWith(ends, {planned: terminatingPlan});
  t.deepEqual(all.slice(all.indexOf('put reset')), [
    'put reset',
    'terminate',
    'server back',
    'apply drain',
    'drain',
    'leave',
  ]);
});

test('the faults end, too, where it does not', async t => {
  const {all, stopped} = await walkWith(obeys, {planned: terminatingPlan});
  t.deepEqual(all.slice(all.indexOf('terminate')), ['terminate', 'server back', 'apply drain']);
  t.is(stopped, 'unresponsive');
});

test('a first operation that fails ends the trial in order, without a load', async t => {
  const first: FirstOperation = {status: 'failed', error, triedCount: 3};
  const {steps, edges} = await walkWith(message =>
    message.kind === 'try' ? {kind: 'tried', atMs: 2, first} : obeys(message),
  );
  t.deepEqual(steps, ['open', 'try', 'close']);
  t.deepEqual(edges, []);
});

test('one that has not settled does not', async t => {
  const first: FirstOperation = {status: 'unsettled', afterMs: 1000, triedCount: 1};
  const {edges} = await walkWith(message =>
    message.kind === 'try' ? {kind: 'tried', atMs: 2, first} : obeys(message),
  );
  t.deepEqual(edges, [0, 1, 2]);
});

test('a subject that does not say that it has entered a phase is waited for, and for less the next time', async t => {
  const startMs = performance.now();
  const {steps, edges} = await walkWith(message => (message.kind === 'phase' ? null : obeys(message)), {
    enterMs: 200,
  });
  t.deepEqual(edges, [0, 1, 2]);
  t.true(steps.includes('put reset'));
  t.true(performance.now() - startMs < 500);
});

test('one that answers for an earlier phase has not entered this one', async t => {
  const {steps} = await walkWith(
    message => (message.kind === 'phase' ? {kind: 'entered', atMs: 1, phase: 0} : obeys(message)),
    {enterMs: 50},
  );
  t.true(steps.indexOf('phase 1') < steps.indexOf('put reset'));
});

test('a process that ends before the load is told as that', async t => {
  const {stopped, edges} = await walkWith(message => (message.kind === 'try' ? null : obeys(message)), {
    exits: true,
  });
  t.is(stopped, 'exited');
  t.deepEqual(edges, []);
});

test('what is waited for is told when it takes long', async t => {
  const {told, stopped} = await walkWith(message => (message.kind === 'try' ? null : obeys(message)));
  t.deepEqual(told, ['the first operation (up to 4 s)']);
  t.is(stopped, 'unresponsive');
});
