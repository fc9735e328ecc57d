// The weather report in a real browser: it fits, it can be read and used without a mouse, and its head and names stay in sight.
import test from 'ava';
import type {Browser} from 'puppeteer-core';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {renderWeather} from '../../../src/report/weather/render.ts';
import {columnsOf, gatherColumns, weatherRows} from '../../../src/report/weather/rows.ts';
import {type WeatherCell, weatherSchemaVersion} from '../../../src/report/weather/weather.ts';
import {standard} from '../../../src/scenarios/storms/standard.ts';
import {browserPath, launchBrowser, looks, openPage, tooFaint} from '../../helpers/browser.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const inBrowser = browserPath === null ? test.serial.skip : test.serial;

let browser: Browser;
test.before(async () => {
  if (browserPath !== null) browser = await launchBrowser();
});
test.after.always(() => browser?.close());

const symptomCell = (
  symptom: Extract<WeatherCell, {kind: 'symptom'}>['symptom'],
  severity: 'warn' | 'fail',
): WeatherCell => ({
  kind: 'symptom',
  symptom,
  severity,
  others: ['deadline-overrun'],
  successRatio: 0.5,
  anchor: 'phase-4',
});

const cells: readonly WeatherCell[] = [
  symptomCell('duplicate-effect', 'fail'),
  symptomCell('hung-operation', 'fail'),
  symptomCell('retry-amplification', 'warn'),
  symptomCell('telemetry-contradicts', 'warn'),
  {kind: 'clear', successRatio: 0, anchor: 'phase-4'},
  {kind: 'clear', successRatio: 0.5, anchor: 'phase-4'},
  {kind: 'clear', successRatio: 1, anchor: 'phase-4'},
  {kind: 'not-hit', anchor: 'phase-4'},
  {kind: 'not-reached', anchor: null},
];

/** Thirty libraries in the standard storm, with every mark in every column. */
const page = (): string => {
  const run = judgedRun();
  const [row] = weatherRows(runStory(redactRun(run)), run.record.plan.name);
  const {columns, about} = gatherColumns([columnsOf(standard.phases)]);
  const rows = Array.from({length: 30}, (_, number) => ({
    ...row!,
    scenario: `a-library-${number}`,
    cells: Object.fromEntries(
      columns.map((column, index) => [column, cells[(index + number) % cells.length]!]),
    ),
  }));
  return renderWeather({
    schemaVersion: weatherSchemaVersion,
    status: 'complete',
    storm: 'standard',
    startedAt: run.record.startedAt,
    endedAt: run.record.startedAt,
    seed: 1,
    command: run.record.command,
    environment: run.record.environment,
    columns,
    about,
    rows,
    leftOut: [],
  })['weather.html']!;
};

for (const look of looks) {
  inBrowser(`${look.width} px, ${look.scheme}: no sideways scrolling, and text that can be read`, async t => {
    const {page: opened, complaints} = await openPage(t, browser, {'weather.html': page()}, look);
    t.true(await opened.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
    t.deepEqual(await opened.evaluate(tooFaint), []);
    t.deepEqual(complaints, []);
  });
}

inBrowser('in 1280 px the whole storm is seen, and the head stays when the page is scrolled', async t => {
  const {page: opened} = await openPage(t, browser, {'weather.html': page()});
  const at = (await opened.evaluate(`(() => {
    const box = document.querySelector('.heat-box');
    scrollTo(0, box.offsetTop + 900);
    return {
      overflow: box.scrollWidth - box.clientWidth,
      head: document.querySelector('.heat thead th').getBoundingClientRect().top,
    };
  })()`)) as {overflow: number; head: number};
  t.deepEqual(at, {overflow: 0, head: 0});
});

inBrowser('in 390 px the names of the libraries stay when the table is scrolled', async t => {
  const {page: opened} = await openPage(
    t,
    browser,
    {'weather.html': page()},
    {
      width: 390,
      scheme: 'light',
    },
  );
  const at = (await opened.evaluate(`(() => {
    const box = document.querySelector('.heat-box');
    box.scrollTo(400, 300);
    const place = selector => document.querySelector(selector).getBoundingClientRect();
    const within = box.getBoundingClientRect();
    return {
      scrolled: box.scrollLeft,
      name: place('.heat tbody th').left - within.left,
      head: place('.heat thead th').top - within.top,
    };
  })()`)) as {scrolled: number; name: number; head: number};
  t.deepEqual(at, {scrolled: 400, name: 0, head: 0});
});

inBrowser('every cell is a link that the tab key reaches, and shows that it has the focus', async t => {
  const {page: opened} = await openPage(t, browser, {'weather.html': page()});
  t.is(await opened.evaluate(`document.querySelectorAll('.heat tbody td:not(:has(a[href]))').length`), 0);
  await opened.evaluate(`document.querySelector('.heat tbody a').focus()`);
  await opened.keyboard.press('Tab');
  const focused = await opened.evaluate(`(() => {
    const {activeElement: link} = document;
    return [link.closest('td').className.split(' ')[0], getComputedStyle(link, '::after').outlineStyle];
  })()`);
  t.deepEqual(focused, ['mark', 'solid']);
});
