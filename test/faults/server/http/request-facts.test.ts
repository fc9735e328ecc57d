// Patterns, and what may be known of a request.

import test from 'ava';
import {parseRequestHead} from '../../../../src/faults/server/http/head.ts';
import {factsOf} from '../../../../src/faults/server/http/request-facts.ts';
import {fitsPattern} from '../../../../src/faults/server/pattern.ts';
import {isRetryAfter, retryAfterText} from '../../../../src/faults/server/toxics/http-status.ts';

for (const [pattern, fitting, others] of [
  ['', ['/', '/a/b'], []],
  ['/a', ['/a'], ['/', '/a/', '/ab', '/A']],
  ['/a/*', ['/a/', '/a/b'], ['/a', '/a/b/c']],
  ['/a/*/c', ['/a/b/c', '/a//c'], ['/a/b/b/c', '/a/c']],
  ['/a/**', ['/a/', '/a/b', '/a/b/c'], ['/a', '/b/a/']],
  ['**/c', ['/c', '/a/b/c'], ['/c/d']],
  ['/a*.js*', ['/a.js', '/ab.json'], ['/a/b.js', '/b.js']],
  ['/a.b?', ['/a.b?'], ['/axb', '/a.b']],
] as const) {
  test(`the pattern "${pattern}"`, t => {
    for (const path of fitting) t.true(fitsPattern(pattern, path), path);
    for (const path of others) t.false(fitsPattern(pattern, path), path);
  });
}

test('a pattern full of stars takes no time', t => {
  const startMs = performance.now();
  t.false(fitsPattern('*a'.repeat(128), `/${'a'.repeat(20_000)}/`));
  t.true(performance.now() - startMs < 10_000);
});

for (const [target, field, path, operationId] of [
  ['/a/op-1?token=secret', '', '/a/op-1', 'op-1'],
  ['/a/op-1', 'X-Operation-Id: op-2', '/a/op-1', 'op-2'],
  ['http://user:secret@host:80/a?secret', '', '/a', 'a'],
  ['http://host', '', '/', null],
  ['/a/', '', '/a/', null],
  ['*', '', '*', '*'],
  ['/a#secret', 'Authorization: secret', '/a', 'a'],
] as const) {
  test(`what is known of ${target}`, t => {
    const fields = field === '' ? '' : `${field}\r\n`;
    const head = parseRequestHead(Buffer.from(`GET ${target} HTTP/1.1\r\n${fields}\r\n`));
    t.deepEqual(factsOf(head!), {method: 'GET', path, operationId});
  });
}

test('Retry-After in seconds, as a date, and as a date from now', t => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  for (const text of ['', '0', '120', date, '+5']) t.true(isRetryAfter(text), text);
  for (const text of ['-1', '1.5', 'soon', '+', '2026-10-21', `${date}\r\nX: y`])
    t.false(isRetryAfter(text), text);
  t.is(retryAfterText(date, 0), date);
  t.is(retryAfterText('+5', Date.parse(date)), 'Wed, 21 Oct 2026 07:28:05 GMT');
});
