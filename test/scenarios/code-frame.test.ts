// The lines of a file that a mistake is in, found by its place in the scenario.
import test from 'ava';
import {codeFrame, placeInSource, syntaxErrorPlace} from '../../src/scenarios/code-frame.ts';

const source = `import {defineScenario, stall} from 'foulweather';

const faults = [stall({toxicity: 1} as never)];
const load: {model: string} = {model: 'clsed'};

export default defineScenario({
  name: 'mine',
  load,
  phases: [
    {name: 'calm', role: 'baseline', durationMs: 100},
    {name: 'dark', role: 'fault', durationMs: 100, faults},
  ],
  goals: {run: {'hungCount': {max: 0}}},
  subject: {
    open: () => null,
    async perform(client, {id}) {},
  },
});
`;

const isAt = test.macro({
  title: (_title, path: readonly PropertyKey[], at: string | null) =>
    at === null ? `nothing is found at ${JSON.stringify(path)}` : `${at} is found at ${JSON.stringify(path)}`,
  async exec(t, path: readonly PropertyKey[], at: string | null) {
    const place = await placeInSource(source, 'mine.ts', path);
    const line = place && source.split('\n')[place.line - 1];
    t.is(line?.slice(place!.column! - 1, place!.column! - 1 + (at?.length ?? 0)) ?? null, at);
  },
});

test(isAt, ['name'], "name: 'mine'");
test(isAt, ['load', 'model'], "model: 'clsed'");
test(isAt, ['phases', 1], "{name: 'dark'");
test(isAt, ['phases', '1'], "{name: 'dark'");
test(isAt, ['phases', 0, 'durationMs'], 'durationMs: 100}');
test(isAt, ['phases', 1, 'faults', 0, 'toxicity'], 'toxicity: 1');
test(isAt, ['goals', 'run', 'hungCount', 'max'], 'max: 0');
test(isAt, ['subject', 'perform'], 'perform(client');
// What is missing is where it would be.
test(isAt, ['phases', 0, 'load'], "{name: 'calm'");
test(isAt, ['trials'], null);
test(isAt, [], null);

const plain = (body: string): string => `const {defineScenario} = require('foulweather');\n${body}`;

for (const [what, text, file] of [
  ['CommonJS', plain("module.exports = defineScenario({name: 'x'});"), 'a.cjs'],
  ['an object that is named', "const mine = {\nname: 'x'};\nexport default defineScenario(mine);", 'a.mjs'],
  ['what is called otherwise', "export default wrapped({\nname: 'x'});", 'a.mjs'],
] as const) {
  test(`a scenario is found as ${what}`, async t => {
    t.is((await placeInSource(text, file, ['name']))?.line, 2);
  });
}

for (const [what, text] of [
  ['nothing is exported', "const mine = defineScenario({name: 'x'});"],
  ['it does not parse', "export default defineScenario({name: = 'x'});"],
  ['elements before it are spread', 'export default defineScenario({phases: [...others, {name: 1}]});'],
] as const) {
  test(`there is no place where ${what}`, async t => {
    const place = await placeInSource(text, 'a.mjs', ['phases', 1, 'name']);
    t.is(
      place && text.slice(place.column! - 1, place.column! + 5),
      what.startsWith('elements') ? 'phases' : null,
    );
  });
}

test('the place of a syntax error', async t => {
  t.deepEqual(await syntaxErrorPlace('const a = 1;\nconst b = = 2;', 'a.mjs'), {line: 2, column: 11});
  t.is(await syntaxErrorPlace(source, 'mine.ts'), null);
});

test('the line is shown between its neighbours, with a mark below the column', t => {
  const text = 'one\n\ttwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven';
  t.deepEqual(codeFrame(text, {line: 2, column: 2}), ['  1 | one', '> 2 |  two', '    |  ^', '  3 | three']);
  t.deepEqual(codeFrame(text, {line: 10, column: null}), ['   9 | nine', '> 10 | ten', '  11 | eleven']);
  t.deepEqual(codeFrame(text, {line: 1, column: 1}), ['> 1 | one', '    | ^', '  2 |  two']);
  t.deepEqual(codeFrame(text, {line: 99, column: 1}), []);
});

test('of a long line the part around the column is shown', t => {
  const text = `${'x'.repeat(300)}!${'y'.repeat(300)}`;
  const [row, mark] = codeFrame(text, {line: 1, column: 301});
  t.true(row!.length <= 110);
  t.is(row![mark!.indexOf('^')], '!');
});
