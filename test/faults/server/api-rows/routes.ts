// Paths and methods that exist, and those that do not.

import {type ApiRow, create, latency, proxy, toxic} from './row.ts';

const browser = {'User-Agent': 'Mozilla/5.0 (X11)'};

export const routesRows: readonly ApiRow[] = [
  {title: 'no proxies', request: 'GET /proxies', is: '200 json', answer: '{}'},
  {
    title: 'proxies by name, sorted',
    given: [create('b'), create('a'), create('10'), create('9')],
    request: 'GET /proxies',
    is: '200 json',
    answer: `{"10":${proxy('10')},"9":${proxy('9')},"a":${proxy('a')},"b":${proxy('b')}}`,
  },
  {title: 'a query is ignored', request: 'GET /proxies?x=1//2', is: '200 json', answer: '{}'},
  {title: 'unknown path', request: 'GET /nope', is: '404 page', answer: '404 page not found\n'},
  {title: 'root', request: 'GET /', is: '404 page', answer: '404 page not found\n'},
  {
    title: 'trailing slash',
    request: 'GET /proxies/',
    is: '404 page',
    answer: '404 page not found\n',
  },
  ...(
    [
      ['GET /proxies/p/'],
      ['GET /proxies/p/toxics/'],
      ['POST /proxies/p/toxics/', '{"type":"noop"}'],
      ['GET /proxies/p/toxics/l/'],
      ['DELETE /proxies/p/toxics/l/'],
      ['GET /version/'],
    ] as const
  ).map(
    ([request, body]): ApiRow => ({
      title: `trailing slash: ${request}`,
      given: [create('p'), latency],
      request,
      ...(body !== undefined && {body}),
      is: '404 page',
      answer: '404 page not found\n',
      afterwards: ['GET /proxies/p/toxics', `[${toxic('"latency":100,"jitter":0', 'l', 'latency')}]`],
    }),
  ),
  {
    title: 'too long a path',
    request: 'GET /proxies/a/b',
    is: '404 page',
    answer: '404 page not found\n',
  },
  {title: 'wrong method on /proxies', request: 'PUT /proxies', is: '405 empty', answer: ''},
  {title: 'HEAD is a wrong method', request: 'HEAD /proxies', is: '405 empty', answer: ''},
  {title: 'OPTIONS is a wrong method', request: 'OPTIONS /version', is: '405 empty', answer: ''},
  {title: 'wrong method on /populate', request: 'GET /populate', is: '405 empty', answer: ''},
  {title: 'wrong method on /reset', request: 'GET /reset', is: '405 empty', answer: ''},
  {
    title: 'wrong method on toxics',
    request: 'DELETE /proxies/p/toxics',
    is: '405 empty',
    answer: '',
  },
  ...['PUT /proxies/p', 'HEAD /proxies/p', 'PUT /proxies/p/toxics/l', 'OPTIONS /proxies/p/toxics/l'].map(
    (request): ApiRow => ({
      title: `wrong method: ${request}`,
      given: [create('p'), latency],
      request,
      is: '405 empty',
      answer: '',
    }),
  ),
  {
    title: 'a wrong method on a proxy that is not there',
    request: 'PUT /proxies/p',
    is: '405 empty',
    answer: '',
  },
  {
    title: 'a double slash moves',
    request: 'GET //proxies?a=b//c',
    is: '301 empty',
    answer: '',
    location: '/proxies?a=b//c',
  },
  {
    title: 'so it does with POST',
    request: 'POST //proxies',
    body: '{}',
    is: '301 empty',
    answer: '',
    location: '/proxies',
  },
  {
    title: 'dots move',
    request: 'GET /a/../proxies/./x//',
    is: '301 empty',
    answer: '',
    location: '/proxies/x/',
  },
  {
    title: 'escaped dots move',
    request: 'GET /proxies/%2e%2e',
    is: '301 empty',
    answer: '',
    location: '/',
  },
  {
    title: 'browsers may not',
    request: 'GET /proxies',
    headers: browser,
    is: '403 error',
    answer: 'User agent not allowed\n',
  },
  {
    title: 'browsers may not ask for the version',
    request: 'GET /version',
    headers: browser,
    is: '403 error',
    answer: 'User agent not allowed\n',
  },
  {
    title: 'browsers may not create',
    request: create('p')[0],
    body: create('p')[1],
    headers: browser,
    is: '403 error',
    answer: 'User agent not allowed\n',
    afterwards: ['GET /proxies', '{}'],
  },
  {
    title: 'browsers see wrong methods',
    request: 'PUT /proxies',
    headers: browser,
    is: '405 empty',
    answer: '',
  },
  {
    title: 'browsers see unknown paths',
    request: 'GET /nope',
    headers: browser,
    is: '404 page',
    answer: '404 page not found\n',
  },
  {
    title: 'other agents may',
    request: 'GET /proxies',
    headers: {'User-Agent': 'Go Mozilla/5.0'},
    is: '200 json',
    answer: '{}',
  },
];
