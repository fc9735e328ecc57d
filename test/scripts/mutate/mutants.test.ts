// Each kind of change, on a piece of source that has room for it.
import test from 'ava';
import {mutantsOf, mutatedSource} from '../../../scripts/mutate/mutants.ts';

const mutated = (source: string): string[] => mutantsOf(source).map(mutant => mutatedSource(source, mutant));

const changes = test.macro({
  title: (_title, source: string) => source,
  exec(t, source: string, expected: readonly string[]) {
    t.deepEqual(mutated(source).sort(), [...expected].sort());
  },
});

test(changes, 'f(a < b);', [';', 'f(a <= b);', 'f(a >= b);']);
test(changes, 'f(a >= b);', [';', 'f(a > b);', 'f(a < b);']);
test(changes, 'f(a === b);', [';', 'f(a !== b);']);
test(changes, 'f(a + b * c);', [';', 'f(a - b * c);', 'f(a + b / c);']);
test(changes, 'f(a && b);', [';', 'f(a || b);']);
test(changes, 'f(a ?? b);', [';', 'f(a && b);']);
test(changes, 'f(!a, -b);', [';', 'f(a, -b);', 'f(!a, b);']);
test(changes, 'a += 2;', [';', 'a -= 2;', 'a += 3;', 'a += 1;']);
test(changes, 'i++;', [';', 'i--;']);
test(changes, 'if (a) throw b;', ['if (true) throw b;', 'if (false) throw b;', 'if (a) ;']);
test(changes, 'export const c = a ? b : d;', [
  'export const c = true ? b : d;',
  'export const c = false ? b : d;',
]);
test(changes, 'while (a) f();', ['while (false) f();', 'while (a) ;']);
test(changes, 'export const a = 0;', ['export const a = 1;', 'export const a = (-1);']);
test(changes, 'export const a = -1;', [
  'export const a = 1;',
  'export const a = -2;',
  'export const a = -0;',
]);
test(changes, "export const a = 'x';", ["export const a = '';"]);
test(changes, "export const a = '';", ["export const a = 'mutant';"]);
test(changes, 'export const a = `x`;', ['export const a = ``;']);
test(changes, 'export const a = [b];', ['export const a = [];']);
test(changes, 'export const a = true;', ['export const a = false;']);
test(changes, 'export const f = a => a.has(b);', [
  'export const f = a => true;',
  'export const f = a => false;',
]);
test(changes, 'f(a.filter(b));', [';', 'f(a);']);
test(changes, 'f(Math.min(a, b));', [';', 'f(Math.max(a, b));']);
test(changes, 'f(a.some(b));', [';', 'f(a.every(b));']);
test(changes, 'export const a = /^b/;', ['export const a = /b/;']);
test(changes, 'export const a = /b/gi;', ['export const a = /b/i;', 'export const a = /b/g;']);

// What no test could see, or what has no other value of its kind
test(changes, "import {a} from 'b';", []);
test(changes, "export const a = {'b-c': d};", []);
test(changes, "f(typeof a === 'string');", [';', "f(typeof a !== 'string');"]);
test(changes, 'f(a.length === 0);', [';', 'f(a.length !== 0);', 'f(a.length === 1);']);
test(changes, "f('a' + b);", [';', "f('' + b);"]);
test(changes, 'type A = 1 | 2;', []);

test('types stay where they are, and a change is found by its line, without comments in the way', t => {
  const source =
    'const a: number = 1;\nexport const f = (b: unknown): boolean =>\n  (b as number) /* < */ < a;\n';
  const mutant = mutantsOf(source).find(({replacement}) => replacement === '<=');
  t.like(mutant, {line: 3, original: '(b as number) /* < */ < a;', mutated: '(b as number) /* < */ <= a;'});
});

test(changes, 'f(a ?? b ?? c);', [';']);
