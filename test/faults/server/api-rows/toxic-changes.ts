// Toxics beside others: their names, their order, changing and removing them.

import {type ApiRow, add, badBody, create, error, latency, proxy, toxic, wrongType} from './row.ts';

export const toxicChangesRows: readonly ApiRow[] = [
  {
    title: 'names are unique across streams',
    given: [create('p'), latency],
    request: 'POST /proxies/p/toxics',
    body: '{"type":"timeout","name":"l","stream":"upstream","attributes":{"timeout":"x"}}',
    is: '409 error',
    answer: error('toxic already exists', 409),
  },
  {
    title: 'upstream first, then downstream, in the order of their coming',
    given: [
      create('p'),
      ...['d1', 'd2'].map(name => add('p', `{"type":"noop","name":"${name}"}`)),
      ...['u2', 'u1'].map(name => add('p', `{"type":"noop","name":"${name}","stream":"upstream"}`)),
    ],
    request: 'GET /proxies/p/toxics',
    is: '200 json',
    answer: `[${[toxic('', 'u2', 'noop', 'upstream'), toxic('', 'u1', 'noop', 'upstream'), toxic('', 'd1', 'noop'), toxic('', 'd2', 'noop')].join(',')}]`,
  },
  {
    title: 'unknown toxic',
    given: [create('p')],
    request: 'GET /proxies/p/toxics/l',
    is: '404 error',
    answer: error('toxic not found', 404),
  },
  ...(['GET', 'POST', 'PATCH'] as const).map(
    (method): ApiRow => ({
      title: `${method} of a toxic of no proxy`,
      request: `${method} /proxies/p/toxics/l`,
      ...(method !== 'GET' && {body: '{'}),
      is: '404 error',
      answer: error('proxy not found', 404),
    }),
  ),
  {
    title: 'update of an unknown toxic comes before a bad body',
    given: [create('p')],
    request: 'POST /proxies/p/toxics/l',
    body: '{',
    is: '404 error',
    answer: error('toxic not found', 404),
  },
  ...(['POST', 'PATCH'] as const).map(
    (method): ApiRow => ({
      title: `${method} merges attributes and ignores name, type and stream`,
      given: [create('p'), latency],
      request: `${method} /proxies/p/toxics/l`,
      body: '{"attributes":{"jitter":5},"toxicity":0.5,"name":"q","type":"noop","stream":"upstream"}',
      is: '200 json',
      answer: toxic('"latency":100,"jitter":5', 'l', 'latency', 'downstream', '0.5'),
      afterwards: [
        'GET /proxies/p/toxics',
        `[${toxic('"latency":100,"jitter":5', 'l', 'latency', 'downstream', '0.5')}]`,
      ],
    }),
  ),
  ...(['{}', 'null', '{"attributes":null,"toxicity":null}', '{"attributes":{"latency":null}}'] as const).map(
    (body): ApiRow => ({
      title: `update ${body} changes nothing`,
      given: [create('p'), latency],
      request: 'PATCH /proxies/p/toxics/l',
      body,
      is: '200 json',
      answer: toxic('"latency":100,"jitter":0', 'l', 'latency'),
    }),
  ),
  ...(
    [
      ['[]', 'array'],
      ['{"attributes":5}', 'number'],
      ['{"attributes":{"jitter":"x"}}', 'string'],
      ['{"toxicity":true}', 'bool'],
    ] as const
  ).map(
    ([body, what]): ApiRow => ({
      title: `wrong type in update ${body}`,
      given: [create('p'), latency],
      request: 'PATCH /proxies/p/toxics/l',
      body,
      is: '400 error',
      answer: wrongType(what),
      afterwards: ['GET /proxies/p/toxics/l', toxic('"latency":100,"jitter":0', 'l', 'latency')],
    }),
  ),
  {
    title: 'an empty update of a toxic',
    given: [create('p'), latency],
    request: 'PATCH /proxies/p/toxics/l',
    body: '',
    is: '400 error',
    answer: badBody('EOF'),
  },
  {
    title: 'delete a toxic',
    given: [create('p'), latency],
    request: 'DELETE /proxies/p/toxics/l',
    is: '204 empty',
    answer: '',
    afterwards: ['GET /proxies/p', proxy('p', {listen: '$p'})],
  },
  {
    title: 'a deleted toxic is not there',
    given: [create('p'), latency],
    request: 'DELETE /proxies/p/toxics/l',
    is: '204 empty',
    answer: '',
    afterwards: ['GET /proxies/p/toxics/l', error('toxic not found', 404), 404],
  },
  {
    title: 'delete an unknown toxic',
    given: [create('p')],
    request: 'DELETE /proxies/p/toxics/l',
    is: '404 error',
    answer: error('toxic not found', 404),
  },
  {
    title: 'delete a toxic of no proxy',
    request: 'DELETE /proxies/p/toxics/l',
    is: '404 error',
    answer: error('proxy not found', 404),
  },
];
