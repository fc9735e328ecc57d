// Words as a shell reads them back.
import {execFileSync} from 'node:child_process';
import test from 'ava';
import {shellQuote} from '../../src/cli/shell-quote.ts';

for (const plain of ['undici-stall', './mine.ts', '/a/b_c.ts', 'http://127.0.0.1:8474', 'v1.2+x']) {
  test(`${plain} stays as it is`, t => t.is(shellQuote(plain), plain));
}

for (const odd of ['', 'my client.ts', "it's", '$HOME', 'a;b', '*', '~/x', 'a&b', '«x»', '`id`', 'a"b\\']) {
  test(`a shell reads ${JSON.stringify(odd)} back`, t => {
    t.regex(shellQuote(odd), /^'/);
    t.is(execFileSync('sh', ['-c', `printf %s ${shellQuote(odd)}`], {encoding: 'utf8'}), odd);
  });
}
