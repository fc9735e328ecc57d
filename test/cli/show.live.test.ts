// foulweather show: what its pages answer, and to whom.
import {rm, writeFile} from 'node:fs/promises';
import {request} from 'node:http';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import {type ShowServer, startShowServer} from '../../src/cli/show-server.ts';
import {dataFolder, listRuns, runsFolder} from '../../src/store/run-folder.ts';
import {openPlace, type Place} from '../helpers/cli-world.ts';

type Shown = {readonly status: number; readonly type: string; readonly body: string};

const serverOn = async (t: ExecutionContext, cwd: string): Promise<ShowServer> => {
  const server = await startShowServer({cwd, dataDir: dataFolder(cwd)}, 0);
  t.teardown(() => server.close());
  return server;
};

/** With a path as it stands: a client that tidies it up would hide what is tested. */
const get = (
  {url}: ShowServer,
  path: string,
  {host = '127.0.0.1', method = 'GET'}: {host?: string; method?: string} = {},
): Promise<Shown> => {
  const {hostname, port} = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request({host: hostname, port, path, method, headers: {host}, agent: false}, response => {
      text(response).then(
        body =>
          resolve({status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body}),
        reject,
      );
    });
    asked.once('error', reject).end();
  });
};

const withRuns = async (t: ExecutionContext): Promise<Place> => {
  const place = await openPlace(t);
  await place.bring('calm');
  const now = (minute: number) => () => new Date(Date.UTC(2026, 10, 2, 14, minute));
  for (const minute of [1, 2]) {
    const {code, stdout, stderr} = await place.call(['run', 'calm.ts', '--quiet'], {now: now(minute)});
    t.is(code, 0, stderr + stdout);
  }
  return place;
};

test('all runs, the report of one, and two compared', async t => {
  const place = await withRuns(t);
  const server = await serverOn(t, place.cwd);
  const [first, second] = await listRuns(dataFolder(place.cwd));
  const all = await get(server, '/');
  t.is(all.status, 200);
  t.true(all.body.indexOf(second!) < all.body.indexOf(first!), 'the newest comes first');
  t.regex(all.body, /<strong [^>]*>✔ Met<\/strong>/);
  t.regex(all.body, new RegExp(`name="before" value="${first}"[^>]* checked`));
  t.regex(all.body, new RegExp(`name="after" value="${second}"[^>]* checked`));
  const filtered = await get(server, '/?scenario=calm&verdict=missed&text=');
  t.regex(filtered.body, /0 of 2 runs/);
  t.regex((await get(server, `/?text=${second}`)).body, /1 of 2 runs/);

  const report = await get(server, `/runs/${second}/report.html`);
  t.regex(report.body, /<h1>calm: /);
  t.regex(report.body, /<nav [^>]*><a href="\/">All runs<\/a>/);
  t.is((await get(server, `/runs/${second}/timeline.svg`)).type, 'image/svg+xml');
  t.regex((await get(server, '/runs/latest/report.md')).body, /^# calm/);

  const compared = await get(server, `/compare?before=${first}&after=${second}`);
  t.regex(compared.body, /<h1>calm: from .* no goal got better or worse/);

  t.true(compared.body.includes(`<a href="/runs/${first}/report.html">Before: ${first}</a>`));
  t.regex((await get(server, `/compare?before=${first}&after=${first}`)).body, /<h1>Select two runs<\/h1>/);

  // One that was killed before it told: it is judged now.
  await rm(join(runsFolder(dataFolder(place.cwd)), second!, 'report.html'));
  t.regex((await get(server, `/runs/${second}/report.html`)).body, /<h1>calm: /);
  await writeFile(join(runsFolder(dataFolder(place.cwd)), first!, 'run.json'), '{');
  t.regex((await get(server, '/')).body, new RegExp(`Cannot be read: <code>${first}</code>`));

  for (const path of [
    '/nowhere',
    '/runs/none/report.html',
    `/runs/${second}/run.json`,
    `/runs/${second}/..%2F..%2F..%2Fcalm.ts`,
    `/runs/${second}/%2e%2e/run.json`,
    `/runs/..%2F..%2F/report.md`,
    `/compare?before=calm.ts&after=${second}`,
    '/runs/%ff/report.md',
  ]) {
    const {status, body} = await get(server, path);
    t.true(status === 404 || status === 500, `${path}: ${status}`);
    t.false(body.includes('defineScenario'), path);
  }
});

test('nobody else is answered', async t => {
  const place = await openPlace(t);
  const server = await serverOn(t, place.cwd);
  t.is((await get(server, '/')).status, 200);
  t.is((await get(server, '/', {host: 'evil.example'})).status, 421);
  t.is((await get(server, '/', {host: 'localhost:1234'})).status, 200);
  t.is((await get(server, '/', {method: 'POST'})).status, 405);
  t.regex((await get(server, '/')).body, /No saved runs/);
});

test('a run that is not there is told before anything listens', async t => {
  const place = await openPlace(t);
  const {code, stdout, stderr} = await place.call(['show', 'nowhere']);
  t.is(code, 64);
  t.is(stdout, '');
  t.regex(stderr, /No saved runs in \.foulweather\/runs/);
});
