// Faults and what they do to a library, in words; and the scenario that shows it again.
import test from 'ava';
import {groupsOf} from '../../../src/explore/conversations.ts';
import {type Episode, episodesOf} from '../../../src/explore/episodes.ts';
import type {Exploration, ExploredFinding} from '../../../src/explore/exploration.ts';
import type {Speech} from '../../../src/model/server-errors.ts';
import {findingText, reproducerName, reproducerText} from '../../../src/report/explore/words.ts';
import {conversation} from '../../helpers/conversations.ts';

const recorded = [conversation(1, [30, 96, 1, 60]), conversation(2, [500, 4])];
const groups = groupsOf(recorded);
const speeches: readonly Speech[] = ['http', 'redis', 'postgres', 'mysql', 'nats'];
const episodes = [
  ...episodesOf(recorded, {seed: 1, maxDepth: 1}),
  ...speeches.flatMap(speech => episodesOf([], {seed: 1, maxDepth: 1, speech})),
];
const byId = (id: string): Episode => {
  const found = episodes.find(episode => episode.id === id);
  if (!found) throw new Error(`no episode ${id}`);
  return found;
};

const findingAt = (...ids: readonly string[]): ExploredFinding => {
  const [first, ...others] = ids.map(byId);
  const {id, faults} = first!;
  return {
    number: 1,
    symptom: 'process-crash',
    others: [],
    id,
    strikes: [first!.strikes[0], ...others.map(({strikes}) => strikes[0])],
    faults,
    shownCount: 1,
    triedCount: 3,
    statement: '',
    error: "Error: can't",
    moments: [id],
    run: '',
    proving: 'short',
    elsewhere: [],
    caseStudy: null,
    reproducer: null,
  };
};

const sentence = test.macro({
  title: (_, ids: readonly string[]) => ids.join(', then '),
  exec(t, ids: readonly string[], when: string) {
    t.is(
      findingText(findingAt(...ids), groups),
      `When ${when}, the process crashes (Error: can't): 1 of 3 tries.`,
    );
  },
});
test(sentence, ['close after 2'], 'a new connection is closed (FIN) after its first reply (96 bytes)');
test(
  sentence,
  ['reset before 3 (two)'],
  'two new connections are reset (RST) before their second request (1 byte)',
);
test(
  sentence,
  ['silence within 4 (all)'],
  'for half a second all new connections fall silent in the middle of their second reply (60 bytes)',
);
test(
  sentence,
  ['half-open after the next request'],
  'a connection is lost without notice after its next request',
);
test(
  sentence,
  ['close after 1 (connection 2)'],
  'the second new connection is closed (FIN) after its first request (30 bytes)',
);
test(sentence, ['refused'], 'connection attempts are refused for half a second');
test(
  sentence,
  ['say READONLY'],
  "the server answers one command with READONLY (You can't write against a read only replica)",
);
test(sentence, ['say 429 (all)'], 'the server answers every request with status 429 for half a second');
test(
  sentence,
  ['say 53300'],
  'the server answers a new connection with 53300 (sorry, too many clients already)',
);
test(
  sentence,
  ['say 57P01 (all)'],
  'the server says 57P01 (terminating connection due to administrator command) on all connections',
);
test(sentence, ['say 1040'], 'the server answers a new connection with 1040 (Too many connections)');
test(sentence, ['say WITHHELD'], 'the server does not answer one command');
test(sentence, ['close all live connections'], 'all open connections are closed (FIN)');
test(
  sentence,
  ['close after 2', 'accepted-and-silent'],
  'a new connection is closed (FIN) after its first reply (96 bytes), and then new connections are accepted and never answered',
);

test('what piles up is said to need several faults', t => {
  t.is(
    findingText(
      {...findingAt('refused'), symptom: 'listener-leak', error: null, proving: 'repeated'},
      groups,
    ),
    'When connection attempts are refused for half a second, 6 times in a row, event listeners pile up: 1 of 3 tries.',
  );
});

test('a reproducer is a scenario on top of the user’s own', t => {
  const finding = findingAt('silence after 2');
  const text = reproducerText({
    finding,
    exploration: {
      groups,
      scenario: 'shop',
      command: 'npx foulweather explore shop.ts',
      startedAt: '2026-01-02T03:04:05.000Z',
    } as unknown as Exploration,
    phases: [
      {name: 'baseline', role: 'baseline', durationMs: 1000, faults: []},
      {name: 'fault', role: 'fault', durationMs: 1500, faults: [...finding.faults]},
    ],
    load: {model: 'closed', concurrency: 2},
    base: {kind: 'scenario', importPath: '../../shop.ts', variantName: 'bad', isTypescript: true},
    program: null,
  });
  t.is(
    text,
    String.raw`// When a new connection falls silent after its first reply (96 bytes), the process crashes (Error: can't): 1 of 3 tries.
// Found by ${'`'}npx foulweather explore shop.ts${'`'} on 2026-01-02.
// Shows: process-crash
import {closeAfter, defineScenario, stall} from 'foulweather';
import scenario from '../../shop.ts';

export default defineScenario({
  ...scenario,
  name: 'shop-process-crash-silence-after-2',
  observation: 'When a new connection falls silent after its first reply (96 bytes), the process crashes (Error: can\'t): 1 of 3 tries.',
  variants: [scenario.variants.find(({name}) => name === 'bad')!],
  load: {model: 'closed', concurrency: 2},
  phases: [
    {name: 'baseline', role: 'baseline', durationMs: 1000},
    {name: 'fault', role: 'fault', durationMs: 1500, faults: [stall({direction: 'both', firstN: 1, at: {exchange: 2, cut: 'after'}}), closeAfter({durationMs: 1})]},
  ],
  cycles: 1,
  goals: {},
});
`,
  );
});

const programOptions = (id: string): Omit<Parameters<typeof reproducerText>[0], 'base' | 'program'> => ({
  finding: {...findingAt(id), error: null},
  exploration: {
    groups,
    scenario: 'shop',
    command: 'npx foulweather explore shop.py',
    startedAt: '2026-01-02T03:04:05.000Z',
  } as unknown as Exploration,
  phases: [{name: 'fault', role: 'fault', durationMs: 1500, faults: [...byId(id).faults]}],
  load: {model: 'closed', concurrency: 2},
});

test('a reproducer on top of a scenario with a program finds the program from its own folder', t => {
  const text = reproducerText({
    ...programOptions('refused'),
    base: {kind: 'scenario', importPath: '../../shop.ts', variantName: null, isTypescript: true},
    program: {command: ['python3', 'shop.py'], cwd: '../..', env: {'no-name': "it's"}},
  });
  t.regex(text, /^import \{defineScenario, program, refuse\} from 'foulweather';\nimport scenario from/m);
  t.regex(
    text,
    /^ {2}subject: program\(\{command: \['python3', 'shop\.py'\], cwd: '\.\.\/\.\.', env: \{'no-name': 'it\\'s'\}\}\),\n\}\);\n$/m,
  );
});

test('a reproducer of a program alone is a scenario of its own', t => {
  const text = reproducerText({
    ...programOptions('refused'),
    base: {
      kind: 'program',
      target: {kind: 'http'},
      variants: [{name: 'defaults', change: null, options: {}, process: {}}],
      operation: {deadlineMs: 2000, idempotent: true, checksOrder: false},
    } as never,
    program: {command: ['python3', './shop.py'], cwd: '../..'},
  });
  const [, scenario] = text.split('defineScenario({\n');
  t.is(
    scenario,
    `  name: 'shop-process-crash-refused',
  observation: 'When connection attempts are refused for half a second, the process crashes: 1 of 3 tries.',
  target: {kind: 'http'},
  variants: [{name: 'defaults', options: {}}],
  operation: {deadlineMs: 2000, idempotent: true},
  load: {model: 'closed', concurrency: 2},
  phases: [
    {name: 'fault', role: 'fault', durationMs: 1500, faults: [refuse({durationMs: 500})]},
  ],
  cycles: 1,
  goals: {},
  subject: program({command: ['python3', './shop.py'], cwd: '../..'}),
});
`,
  );
});

test('its name is one that a scenario may have', t => {
  const name = reproducerName(
    findingAt('half-open after the next request'),
    'a-rather-long-name-of-a-scenario-of-a-user',
  );
  t.regex(name, /^[a-z0-9][a-z0-9-]{0,62}$/);
  t.notRegex(name, /-$/);
});
