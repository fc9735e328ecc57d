// The pages of `foulweather show`: the saved runs, a run's report, two runs compared. For this machine only.
import {readFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {extname} from 'node:path';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Verdict} from '../model/goal.ts';
import type {RunRecord} from '../model/run.ts';
import {compareSides} from '../report/comparison/run-diff.ts';
import {comparisonPage, messagePage} from '../report/page/comparison.ts';
import {type RunFilter, type RunRow, runsPage} from '../report/page/runs.ts';
import {renderReport} from '../report/report.ts';
import {reopenRun} from '../run/reopen.ts';
import {listRuns, RunFolder} from '../store/run-folder.ts';
import {openSide} from './result-file.ts';

export type ShowServer = {readonly url: string; readonly close: () => Promise<void>};

type Answer = {readonly status: number; readonly type: string; readonly body: string};

const html = (body: string, status = 200): Answer => ({status, type: 'text/html; charset=utf-8', body});

/** Of a report's files, by their ending; nothing else of a run's folder is served. */
const typeOf: {readonly [extension: string]: string} = {
  '.html': 'text/html; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const host = '127.0.0.1';

/** @throws the system's error where the port cannot be had */
/** Where results are named from, and where runs are kept. */
export type ShowPlace = {readonly cwd: string; readonly dataDir: string};

export const startShowServer = async (place: ShowPlace, port: number): Promise<ShowServer> => {
  const server = createServer((request, response) => {
    answerTo(place, request)
      .catch(failure)
      .then(answer => send(response, answer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({host, port}, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
};

const send = (response: ServerResponse, {status, type, body}: Answer): void => {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  response.end(body);
};

const failure = (error: unknown): Answer => {
  if (error instanceof FoulweatherError)
    return html(messagePage('Cannot show this page', `${error.message} ${error.hint}`), 404);
  return html(messagePage('Cannot show this page', messageOf(error)), 500);
};

const answerTo = async (place: ShowPlace, request: IncomingMessage): Promise<Answer> => {
  // DNS rebinding: a page of another origin whose name resolves to this machine must not read the runs.
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (name !== host && name !== 'localhost')
    return html(messagePage('Wrong host name', 'Use http://127.0.0.1 instead.'), 421);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return html(messagePage('Read-only', 'These pages answer GET requests only.'), 405);
  }
  const {pathname, searchParams} = new URL(request.url ?? '/', `http://${host}`);
  if (pathname === '/') {
    const asked = (name: keyof RunFilter): string => searchParams.get(name)?.trim() ?? '';
    const filter = {scenario: asked('scenario'), verdict: asked('verdict'), text: asked('text')};
    return html(await allRuns(place.dataDir, filter));
  }
  if (pathname === '/compare') {
    return html(await compared(place, searchParams.get('before') ?? '', searchParams.get('after') ?? ''));
  }
  const [, id, file] = /^\/runs\/([^/]+)\/([^/]*)$/.exec(pathname) ?? [];
  if (id !== undefined && file !== undefined) {
    return fileOf(
      place.dataDir,
      decodeURIComponent(id),
      file === '' ? 'report.html' : decodeURIComponent(file),
    );
  }
  return html(messagePage('Page not found', pathname), 404);
};

const allRuns = async (dataDir: string, filter: RunFilter): Promise<string> => {
  const rows: RunRow[] = [];
  const unreadable: string[] = [];
  for (const id of (await listRuns(dataDir)).toReversed()) {
    const folder = await RunFolder.open(dataDir, id);
    try {
      rows.push(rowOf(await folder.readRecord(), await conclusionIn(folder)));
    } catch {
      unreadable.push(id);
    }
  }
  return runsPage(rows, unreadable, filter);
};

type Concluded = Pick<RunRow, 'verdict' | 'headline'>;

const isVerdict = (value: unknown): value is Verdict =>
  value === 'met' || value === 'missed' || value === 'inconclusive';

/** As it was judged when the run ended, or its report was last made; null where there is no result, or one of another form. */
const conclusionIn = async (folder: RunFolder): Promise<Concluded> => {
  try {
    const {verdict, headline} = JSON.parse(await readFile(folder.pathOf('result.json'), 'utf8')) as {
      readonly [field in keyof Concluded]?: unknown;
    };
    if (isVerdict(verdict) && typeof headline === 'string') return {verdict, headline};
  } catch {
    // No file, or half of one: the row says nothing of a result.
  }
  return {verdict: null, headline: null};
};

const rowOf = ({id, plan, startedAt, status}: RunRecord, concluded: Concluded): RunRow => ({
  id,
  scenario: plan.name,
  storm: plan.storm ?? null,
  startedAt,
  status,
  ...concluded,
});

const compared = async (place: ShowPlace, before: string, after: string): Promise<string> => {
  if (before === '' || after === '' || before === after) {
    return messagePage('Select two runs', 'One from before the change, and one from after it.');
  }
  // Only saved runs: a page's address is not to open files of this machine.
  for (const named of [before, after]) await RunFolder.open(place.dataDir, named);
  const [first, second] = await Promise.all([openSide(place, before), openSide(place, after)]);
  if (first.result.scenario !== second.result.scenario) {
    return messagePage(
      'Different scenarios',
      `${first.result.scenario} cannot be compared with ${second.result.scenario}.`,
    );
  }
  return comparisonPage(compareSides(first, second), before, after);
};

/** The saved file of a report; where there is none, as of a run that was killed, it is rendered. */
const fileOf = async (dataDir: string, id: string, file: string): Promise<Answer> => {
  const type = typeOf[extname(file)];
  const folder = await RunFolder.open(dataDir, id);
  const rendered = async (): Promise<string | undefined> => renderReport(await reopenRun(folder)).files[file];
  const isPlain = /^[\w-]+\.\w+$/.test(file) && file !== 'run.json';
  const body =
    type === undefined || !isPlain
      ? undefined
      : await readFile(folder.pathOf(file), 'utf8').catch(() => rendered());
  if (type === undefined || body === undefined) {
    return html(messagePage('File not found', `${file} is not part of the report of ${id}.`), 404);
  }
  return {status: 200, type, body: file.endsWith('.html') ? withWayBack(body) : body};
};

/** Opened here, a report leads to the other runs, too. */
const withWayBack = (report: string): string =>
  report.replace(/<nav [^>]*>/, nav => `${nav}<a href="/">All runs</a>\n`);
