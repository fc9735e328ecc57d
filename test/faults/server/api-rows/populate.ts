// Populating many proxies at once, and resetting all.

import {type ApiRow, add, create, error, latency, proxy, toxic, upstream} from './row.ts';

const failed = (message: string, status: number, proxies = 'null') =>
  `{"error":"${message}","status":${status},"proxies":${proxies}}`;
const wanted = (name: string, more = '', listen = '127.0.0.1:0') =>
  `{"name":"${name}","listen":"${listen}","upstream":"${upstream}"${more}}`;

export const populateRows: readonly ApiRow[] = [
  {
    title: 'populate nothing',
    request: 'POST /populate',
    body: '[]',
    is: '201 json',
    answer: '{"proxies":null}',
  },
  {
    title: 'populate null',
    request: 'POST /populate',
    body: 'null',
    is: '201 json',
    answer: '{"proxies":null}',
  },
  {
    title: 'populate creates, enabled unless told otherwise',
    request: 'POST /populate',
    body: `[${wanted('a')},${wanted('b', ',"enabled":false')},${wanted('c', ',"enabled":null')}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('a')},${proxy('b', {listen: '127.0.0.1:0', enabled: false})},${proxy('c')}]}`,
  },
  {
    title: 'populate leaves a proxy with the same addresses alone',
    given: [create('p'), latency],
    request: 'POST /populate',
    body: `[${wanted('p', ',"enabled":false', '$p')}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('p', {listen: '$p', toxics: toxic('"latency":100,"jitter":0', 'l', 'latency')})}]}`,
  },
  {
    title: 'populate replaces a proxy with other addresses and drops its toxics',
    given: [create('p'), latency],
    request: 'POST /populate',
    body: '[{"name":"p","listen":"$p","upstream":"127.0.0.1:2"}]',
    is: '201 json',
    answer: `{"proxies":[${proxy('p', {listen: '$p', to: '127.0.0.1:2'})}]}`,
  },
  {
    title: 'populate leaves a proxy with an equivalent address alone',
    given: [create('p'), latency],
    request: 'POST /populate',
    body: `[${wanted('p', '', 'localhost:$pport')}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('p', {listen: '$p', toxics: toxic('"latency":100,"jitter":0', 'l', 'latency')})}]}`,
  },
  {
    title: 'populate with an address that is taken stops there and keeps the earlier ones',
    given: [create('p')],
    request: 'POST /populate',
    body: `[${wanted('a')},${wanted('b', '', '$p')},${wanted('c')}]`,
    is: '500 json',
    answer: failed('listen tcp $p: bind: address already in use', 500, `[${proxy('a')}]`),
    afterwards: ['GET /proxies', `{"a":${proxy('a')},"p":${proxy('p', {listen: '$p'})}}`],
  },
  {
    title: 'populate with a taken address and disabled',
    given: [create('p')],
    request: 'POST /populate',
    body: `[${wanted('a', ',"enabled":false', '$p')}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('a', {listen: '$p', enabled: false})}]}`,
  },
  {
    title: 'populate with one name twice: the later replaces the earlier, and both are told',
    request: 'POST /populate',
    body: `[${wanted('a')},{"name":"a","listen":"127.0.0.1:0","upstream":"127.0.0.1:2"}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('a', {enabled: false})},${proxy('a', {to: '127.0.0.1:2'})}]}`,
    afterwards: ['GET /proxies', `{"a":${proxy('a', {to: '127.0.0.1:2'})}}`],
  },
  {
    title: 'populate with one and the same proxy twice leaves it alone and tells it twice',
    given: [create('p')],
    request: 'POST /populate',
    body: `[${wanted('p', '', '$p')},${wanted('p', '', '$p')}]`,
    is: '201 json',
    answer: `{"proxies":[${proxy('p', {listen: '$p'})},${proxy('p', {listen: '$p'})}]}`,
  },
  {
    title: 'populate with no body',
    request: 'POST /populate',
    body: '',
    is: '400 json',
    answer: failed('bad request body: EOF', 400),
  },
  {
    title: 'populate with an object',
    request: 'POST /populate',
    body: '{}',
    is: '400 json',
    answer: /^\{"error":"bad request body: json: cannot unmarshal object .*","status":400,"proxies":null\}$/,
  },
  {
    title: 'populate with a wrong type',
    request: 'POST /populate',
    body: '[{"name":5}]',
    is: '400 json',
    answer: /^\{"error":"bad request body: json: cannot unmarshal number .*","status":400,"proxies":null\}$/,
  },
  {
    title: 'populate without a name',
    request: 'POST /populate',
    body: '[null]',
    is: '400 json',
    answer: failed('missing required field: name at proxy 1', 400),
  },
  {
    title: 'populate checks all before it creates one',
    request: 'POST /populate',
    body: `[${wanted('a')},{"name":"b"}]`,
    is: '400 json',
    answer: failed('missing required field: upstream at proxy 2', 400),
    afterwards: ['GET /proxies', '{}'],
  },
  {
    title: 'populate stops at the first that cannot start and keeps the earlier ones',
    request: 'POST /populate',
    body: `[${wanted('a')},${wanted('b', '', '127.0.0.1:x')},${wanted('c')}]`,
    is: '500 json',
    answer: failed('listen tcp: lookup tcp/x: unknown port', 500, `[${proxy('a')}]`),
    afterwards: ['GET /proxies', `{"a":${proxy('a')}}`],
  },
  {
    title: 'reset enables every proxy and removes every toxic',
    given: [
      create('p'),
      latency,
      create('q'),
      add('q', '{"type":"timeout","stream":"upstream"}'),
      ['POST /proxies/p', '{"enabled":false}'],
    ],
    request: 'POST /reset',
    is: '204 empty',
    answer: '',
    afterwards: ['GET /proxies', `{"p":${proxy('p', {listen: '$p'})},"q":${proxy('q', {listen: '$q'})}}`],
  },
  {
    title: 'reset fails where a proxy cannot start',
    given: [
      create('p'),
      ['POST /proxies', `{"name":"a","listen":"$p","upstream":"${upstream}","enabled":false}`],
    ],
    request: 'POST /reset',
    is: '500 error',
    answer: error('listen tcp $p: bind: address already in use', 500),
  },
];
