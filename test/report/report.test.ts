import test from 'ava';
import type {JudgedRun} from '../../src/model/run.ts';
import {renderTerminalSummary} from '../../src/report/formats/terminal-summary.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgedRun, type Options} from '../helpers/judged-run.ts';
import {rendered} from '../helpers/rendered.ts';
import {reportText} from '../helpers/report-text.ts';

const fileOf = (run: JudgedRun, name: string): string => renderReport(run).files[name] ?? '';
const textOf = (run: JudgedRun): string => reportText(renderReport(run));

const kinds: readonly Options[] = [
  {},
  {oneVariant: true},
  {trialsPerVariant: 2},
  {trialsPerVariant: 5},
  {outOfMemory: true},
  {interrupted: true},
  {uncounted: true, inconclusive: true},
];

for (const options of kinds) {
  test(`no figure is NaN, undefined or null: ${JSON.stringify(options)}`, t => {
    const {run, files} = rendered(options);
    const texts = [
      ...Object.entries(files).flatMap(([name, text]) => {
        if (name === 'result.json') return [];
        // The page's data and its script may speak of nothing; what it shows may not.
        return [name === 'report.html' ? text.slice(0, text.indexOf('<script')) : text];
      }),
      renderTerminalSummary(run, 'report.md'),
    ];
    for (const text of texts) t.notRegex(text ?? '', /NaN|undefined|Infinity|\bnull\b|\[object/);
    t.notThrows(() => JSON.parse(files['result.json'] ?? ''));
  });
}

test('the five sections of a case study come first, and in their order', t => {
  const titles = [...fileOf(judgedRun(), 'report.md').matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  t.deepEqual(titles, [
    'Initial user observation',
    'Symptoms',
    'Data used to investigate',
    'Change',
    'Outcome',
    'How to reproduce',
  ]);
});

test('every link within a report leads somewhere', t => {
  for (const options of kinds) {
    const {files} = rendered(options);
    for (const text of [reportText({files}), files['report.html'] ?? '']) {
      const wanted = [...text.matchAll(/(?:\]\(|href=")#([\w-]+)/g)].map(([, id]) => id);
      t.true(wanted.length > 0);
      const missing = wanted.filter(id => text.split(`id="${id}"`).length !== 2);
      t.deepEqual(missing, []);
    }
  }
});

test('the same run gives the same bytes', t => {
  t.deepEqual(renderReport(judgedRun({trialsPerVariant: 5})).files, rendered({trialsPerVariant: 5}).files);
});

test('a run without any trial still has a report', t => {
  const run = judgedRun();
  const empty: JudgedRun = {
    record: {...run.record, status: 'failed', trialIds: []},
    trials: [],
    judgement: {verdict: 'inconclusive', candidate: 'bounded', gates: [], trials: []},
  };
  const report = textOf(empty);
  t.regex(report, /^# undici-stall: the run was aborted/);
  t.true(report.includes('`bounded` did not run'));
  t.true(fileOf(empty, 'timeline.svg').includes('No trial was run.'));
  t.true(
    renderTerminalSummary(empty, 'report.md').startsWith('Inconclusive  undici-stall: the run was aborted'),
  );
});

test('ratios need five pairs', t => {
  t.notRegex(textOf(judgedRun({trialsPerVariant: 4})), /95% interval/);
  t.regex(textOf(judgedRun({trialsPerVariant: 5})), /1\.\d\d× \(95% interval .*, n = 5 pairs\)/);
});

test('a throughput that changed goes into the headline with its interval', t => {
  const run = judgedRun({trialsPerVariant: 5});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    phases: trial.phases.map(phase =>
      trial.variant === 'bounded' ? phase : {...phase, goodputPerSecond: phase.goodputPerSecond / 5},
    ),
  }));
  const report = textOf({...run, judgement: {...run.judgement, trials}});
  t.regex(
    report,
    /^# undici-stall: with bounded, goodput is 5\.15× that of defaults \(95% interval 4\.97–5\.41, n = 5 pairs\)/,
  );
});

test('of a baseline that died the headline has the goodput while it lived, and the outcome both', t => {
  const run = judgedRun({trialsPerVariant: 5, outOfMemory: true});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    phases: trial.phases.map(phase => ({
      ...phase,
      goodputPerSecond: phase.phase === 'stall' ? 0 : trial.variant === 'bounded' ? 200 : 20,
    })),
  }));
  const report = textOf({...run, judgement: {...run.judgement, trials}});
  t.regex(
    report,
    /^# undici-stall: with bounded, goodput is 10\.0× that of defaults before its process ended \(95% interval/,
  );
  t.regex(
    report,
    /\*\*Goodput\*\* .*: \d\d\.\d× \(.*\)\. The time after a crash counts with a goodput of 0\. Before `defaults` crashed, over the phases that both reached: 10\.0× /,
  );
});

test('a run that only symptoms miss says which, and nothing of the goals that it meets', t => {
  const run = judgedRun({oneVariant: true});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    verdict: 'missed' as const,
    goals: trial.goals.map(goal => ({...goal, verdict: 'met' as const})),
  }));
  const missed: JudgedRun = {...run, judgement: {...run.judgement, verdict: 'missed', trials}};
  t.regex(textOf(missed), /^# .*; fails because of hung operations and slow recovery\n/);
  const summary = renderTerminalSummary(missed, 'reports/x/report.md');
  t.notRegex(summary, /meets/);
  t.regex(summary, /Symptoms that fail defaults: hung-operation, slow-recovery\n/);
});

test('a run that could not begin shows the error, the frames of the scenario, and what to do', t => {
  const run = judgedRun({oneVariant: true});
  const gate = {
    name: 'first-operation-failed',
    reason: 'The operation that is tried before the load failed: TypeError: no.',
    advice: 'Fix perform() in the scenario.',
    stack: [
      'at Object.perform (file:///home/me/shop/scenario.ts:20:13)',
      'at request (file:///home/me/shop/node_modules/undici/lib/api.js:2:1)',
      'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
      'at run (file:///opt/foulweather/dist/subject/perform.js:58:51)',
      'at below (file:///opt/foulweather/dist/subject/below.js:1:1)',
    ],
  };
  const trials = run.judgement.trials.map(trial => ({...trial, gates: [gate]}));
  const stopped: JudgedRun = {...run, judgement: {...run.judgement, verdict: 'inconclusive', trials}};
  const frames = ['at Object.perform (shop/scenario.ts:20:13)', 'at request (undici/lib/api.js:2:1)'];
  t.true(
    renderTerminalSummary(stopped, 'report.md').includes(
      `  ${gate.reason}\n      ${frames.join('\n      ')}\n  ${gate.advice}\n\n`,
    ),
  );
  t.true(textOf(stopped).includes(`\n${frames.join('\n')}\n`));
  const shown = renderTerminalSummary(stopped, 'report.md', {
    excerpt: ['> 20 | throw no;'],
    frame: line => line.replace('file:///home/me/shop/', ''),
    width: 40,
  });
  t.true(
    shown.startsWith(
      [
        'Inconclusive  undici-stall',
        '  The operation that is tried before the',
        '  load failed: TypeError: no.',
        '      at Object.perform (scenario.ts:20:13)',
      ].join('\n'),
    ),
    shown,
  );
  t.true(shown.includes('\n    > 20 | throw no;\n  Fix perform() in the scenario.\n'));
});

test('figures of several trials say that they are medians', t => {
  const report = textOf(judgedRun({trialsPerVariant: 2}));
  t.true(report.includes('Figures are medians over up to 2 trials'));
  t.true(report.includes('### defaults: medians over 2 trials'));
});

test('result.json says of what kind it is and has each trial', t => {
  const result = JSON.parse(fileOf(judgedRun({trialsPerVariant: 2}), 'result.json'));
  t.is(result.schemaVersion, 2);
  t.is(result.verdict, 'met');
  t.is(result.candidate, 'bounded');
  t.is(result.seed, 42);
  t.deepEqual(
    result.variants.map((variant: {role: string; trials: readonly unknown[]; phases: readonly unknown[]}) => [
      variant.role,
      variant.trials.length,
      variant.phases.length,
    ]),
    [
      ['baseline', 2, 7],
      ['candidate', 2, 7],
    ],
  );
});

test('no secret comes out of any rendering', t => {
  const run = judgedRun({outOfMemory: true});
  const record: JudgedRun['record'] = {
    ...run.record,
    command: 'npx foulweather run a.ts --toxiproxy http://me:hunter2@proxy:8474',
    plan: {
      ...run.record.plan,
      target: {kind: 'url', url: 'redis://:hunter2@cache:6379/0'},
      observation: 'Fails with Authorization: Bearer hunter2hunter2.',
      variants: [
        {name: 'defaults', options: {}, change: null, process: {env: {}}},
        {
          name: 'bounded',
          options: {password: 'hunter2', headers: {cookie: 'hunter2'}, apiKeys: ['hunter2']},
          change: 'Use api_key=hunter2.',
          process: {env: {CACHE_PASSWORD: 'hunter2'}},
        },
      ],
    },
  };
  const redacted = {...run, record};
  const all = [
    ...Object.values(renderReport(redacted).files),
    renderTerminalSummary(redacted, 'report.md'),
  ].join('\n');
  t.false(all.includes('hunter2'));
  t.true(all.includes('[redacted]'));
});

test('every chart is well-formed, has no script and says in words what it shows', t => {
  for (const options of kinds) {
    const charts = Object.entries(rendered(options).files).filter(([file]) => file.endsWith('.svg'));
    t.true(charts.length >= 4);
    for (const [file, svg] of charts) {
      const open: string[] = [];
      for (const [, closing, name = '', rest] of svg.matchAll(/<(\/?)([\w-]+)((?:[^<>"]|"[^"<]*")*)>/g)) {
        if (closing === '/') t.is(open.pop(), name);
        else if (!rest?.endsWith('/')) open.push(name);
      }
      t.deepEqual(open, [], file);
      t.notRegex(svg, /<script|href=|\son\w+=|NaN|undefined|Infinity/, file);
      const name = file.replace('.svg', '');
      t.regex(svg, /role="img"/);
      t.true(svg.includes(`aria-labelledby="${name}-title ${name}-description"`));
      t.regex(
        svg,
        new RegExp(`<title id="${name}-title">.+</title>\\n<desc id="${name}-description">.+</desc>`),
      );
      t.regex(svg, /prefers-color-scheme: dark/);
    }
  }
});

test('every chart of the report is shown in it, and every picture in it is written', t => {
  for (const options of kinds) {
    const {files} = rendered(options);
    const shown = [...reportText({files}).matchAll(/\]\(([\w-]+\.svg)\)/g)].map(([, file]) => file);
    t.deepEqual(
      shown.toSorted(),
      Object.keys(files)
        .filter(file => file.endsWith('.svg'))
        .toSorted(),
    );
  }
});

test('a fault with dice shows the rate that was asked for and the one that was, over all trials', t => {
  const run = judgedRun({trialsPerVariant: 2});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    phases: trial.phases.map(phase => ({
      ...phase,
      faults: phase.faults.map(fault => ({...fault, askedRatio: 0.2, decisions: 50, applied: 9})),
    })),
  }));
  const report = textOf({...run, judgement: {...run.judgement, trials}}).replaceAll('\u00A0', ' ');
  t.true(
    report.includes('; requested 20.0%, observed 18.0% of 100 (99% interval 9.3% to 29.8%)'),
    report.match(/requested[^|<]*/)?.[0],
  );
});
