// The API's conformance: each row of the table, against our server and against a real Toxiproxy.

import test, {type ExecutionContext} from 'ava';
import {type ApiResponse, deleteAllProxies, send} from '../../helpers/toxiproxy-request.ts';
import {type Subject, startSubject, subjectNames} from '../../helpers/toxiproxy-subjects.ts';
import {bodiesRows} from './api-rows/bodies.ts';
import {createRows} from './api-rows/create.ts';
import {populateRows} from './api-rows/populate.ts';
import {routesRows} from './api-rows/routes.ts';
import type {ApiRow} from './api-rows/row.ts';
import {toxicChangesRows} from './api-rows/toxic-changes.ts';
import {toxicsRows} from './api-rows/toxics.ts';
import {updateRows} from './api-rows/update.ts';

const apiRows = [
  ...routesRows,
  ...createRows,
  ...bodiesRows,
  ...updateRows,
  ...toxicsRows,
  ...toxicChangesRows,
  ...populateRows,
];

const contentTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  error: 'text/plain; charset=utf-8',
  page: 'text/plain; charset=utf-8',
};

const subjects = new Map<Subject['name'], Subject>();
const names = subjectNames(console.log);

test.before(async () => {
  for (const name of names) subjects.set(name, await startSubject(name));
});
test.after.always(() => Promise.all([...subjects.values()].map(subject => subject.stop())));

const answersAs = test.macro({
  title: (_title, name: Subject['name'], row: ApiRow) => `${name}: ${row.title}`,
  async exec(t, name: Subject['name'], row: ApiRow) {
    const {url} = subjects.get(name)!;
    await deleteAllProxies(url);
    const addresses = new Map<string, string>();
    const fill = (text: string) =>
      text.replace(/\$([a-z]+)/g, (variable, named: string) => addresses.get(named) ?? variable);
    const call = (request: string, body?: string, headers: ApiRow['headers'] = {}) => {
      const [method = '', path = ''] = request.split(' ');
      return send(url, {method, path, headers, ...(body !== undefined && {body: fill(body)})});
    };

    for (const [request, body] of row.given ?? []) {
      const {status, body: answer} = await call(request, body);
      t.true(status < 300, `${request}: ${answer}`);
      const {name, listen} = JSON.parse(answer);
      if (listen === undefined || addresses.has(name)) continue;
      addresses.set(name, listen);
      addresses.set(`${name}port`, listen.slice(listen.lastIndexOf(':') + 1));
    }
    const response = await call(row.request, row.body, row.headers);
    t.is(response.status, Number.parseInt(row.is, 10), response.body);
    t.regex(response.body, toPattern(row.answer, fill));
    checkHeaders(t, response, row);
    if (row.afterwards === undefined) return;
    const [request, body, status = 200] = row.afterwards;
    const afterwards = await call(request);
    t.is(afterwards.status, status, afterwards.body);
    t.regex(afterwards.body, toPattern(body, fill));
  },
});

for (const name of names) for (const row of apiRows) test.serial(answersAs, name, row);

for (const name of names) {
  test.serial(`${name}: version`, async t => {
    const {status, headers, body} = await send(subjects.get(name)!.url, {method: 'GET', path: '/version'});
    t.is(status, 200);
    t.is(headers['content-type'], 'application/json;charset=utf-8');
    t.regex(body, /^\{"version": "[\w.]+"\}\n$/);
  });
}

for (const name of names) {
  test.serial(`${name}: /metrics is there for a flag only`, async t => {
    const bare = await startSubject(name, {metrics: false});
    t.teardown(() => bare.stop());
    const ask = (url: string) => send(url, {method: 'GET', path: '/metrics'});
    t.like(await ask(bare.url), {status: 404, body: '404 page not found\n'});
    t.is((await ask(subjects.get(name)!.url)).status, 200);
  });
}

function checkHeaders(t: ExecutionContext, {headers, body}: ApiResponse, {is, location}: ApiRow): void {
  const as = is.split(' ')[1];
  const isText = as === 'error' || as === 'page';
  t.is(headers['content-type'], contentTypes[as ?? '']);
  t.is(headers['x-content-type-options'], isText ? 'nosniff' : undefined);
  t.is(headers['location'], location);
  t.is(headers['keep-alive'], undefined);
  if (as === 'json' || as === 'error') t.regex(String(headers['x-toxiproxy-request-id']), /^[0-9a-v]{20}$/);
  if (as === 'page') t.is(headers['x-toxiproxy-request-id'], undefined);
  if (headers['content-length'] !== undefined)
    t.is(Number(headers['content-length']), Buffer.byteLength(body));
}

/** A pattern that matches the whole of an expected body, with PORT for any number. */
function toPattern(expected: string | RegExp, fill: (text: string) => string): RegExp {
  if (expected instanceof RegExp) return expected;
  return new RegExp(
    `^${fill(expected)
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      .replaceAll('PORT', String.raw`\d+`)}$`,
  );
}
