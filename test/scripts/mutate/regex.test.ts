import test from 'ava';
import {regexEdits} from '../../../scripts/mutate/regex.ts';

const becomes = test.macro({
  title: (_title, pattern: string) => `/${pattern}/`,
  exec(t, pattern: string, expected: readonly string[]) {
    const mutants = regexEdits(pattern).map(
      ({start, end, replacement}) => pattern.slice(0, start) + replacement + pattern.slice(end),
    );
    t.deepEqual(mutants.sort(), [...expected].sort());
    for (const mutant of mutants) t.notThrows(() => new RegExp(mutant));
  },
});

test(becomes, 'abc', []);
test(becomes, 'a|b|c', ['b|c', 'a|c', 'a|b']);
test(becomes, '(?:a|b)c', ['(?:b)c', '(?:a)c']);
test(becomes, 'a(b|(c|d))', ['a((c|d))', 'a(b)', 'a(b|(d))', 'a(b|(c))']);
test(becomes, '^a$', ['a$', '^a']);
test(becomes, String.raw`\ba\\b`, [String.raw`a\\b`]);
test(becomes, 'a?b*c+', ['ab*c+', 'a?b+c+', 'a?b*c']);
test(becomes, 'a+?', ['a']);
test(becomes, 'a*?', ['a+?']);
test(becomes, 'a{8,}', ['a{9,}', 'a{7,}']);
test(becomes, 'a{0,3}', ['a{1,3}']);
test(becomes, 'a{2}', ['a{3}', 'a{1}']);
test(becomes, '(?!a)b', ['(?=a)b']);
test(becomes, '(?<=a)b', ['(?<!a)b']);
test(becomes, String.raw`[^|$(?\]]\(`, []);
test(becomes, '(?<name>a)', []);
