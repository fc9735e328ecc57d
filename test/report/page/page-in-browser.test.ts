// The page in a real browser: nothing asked of a network, nothing wrong on the console, everything reachable by keyboard.
import test, {type ExecutionContext} from 'ava';
import type {Browser, Page} from 'puppeteer-core';
import {type RunRow, runsPage} from '../../../src/report/page/runs.ts';
import {renderReport} from '../../../src/report/report.ts';
import {
  browserPath,
  type Look,
  launchBrowser,
  looks,
  type Opened,
  openPage,
  tooFaint,
} from '../../helpers/browser.ts';
import {hostileRun} from '../../helpers/judged-hostile.ts';
import type {Options} from '../../helpers/judged-run.ts';
import {rendered} from '../../helpers/rendered.ts';

if (browserPath === null) {
  console.log('No Chromium or Chrome here (CHROME_PATH names one): the page is not tested in a browser.');
}
// One page after the other: all at once take each other's time.
const inBrowser = browserPath === null ? test.serial.skip : test.serial;

let browser: Browser;
test.before(async () => {
  if (browserPath !== null) browser = await launchBrowser();
});
test.after.always(() => browser?.close());

const pageOf = (options: Options = {}) => rendered(options).files['report.html'];

const open = (t: ExecutionContext, text: string | undefined, look?: Look): Promise<Opened> =>
  openPage(t, browser, {'report.html': text ?? ''}, look);

for (const look of looks) {
  inBrowser(
    `${look.width} px, ${look.scheme}: no complaint, no sideways scrolling, and text that can be read`,
    async t => {
      const {page, complaints} = await open(t, pageOf({trialsPerVariant: 2}), look);
      t.true(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
      t.deepEqual(await page.evaluate(tooFaint), []);
      t.deepEqual(complaints, []);
    },
  );
}

const runRow: RunRow = {
  id: '20261102-140312-a-scenario-with-a-long-name',
  scenario: 'a-scenario-with-a-long-name',
  storm: 'quick',
  startedAt: '2026-11-02T14:03:12.480Z',
  status: 'complete',
  verdict: 'met',
  headline: 'a-scenario-with-a-long-name: with bounded, hung operations drop from 944 to 0; all 6 goals met',
};

const runRows: readonly RunRow[] = [
  runRow,
  {...runRow, verdict: 'missed', storm: null},
  {...runRow, verdict: 'inconclusive'},
  {...runRow, verdict: null, headline: null},
  {...runRow, status: 'interrupted'},
];

for (const look of looks) {
  inBrowser(`the list of runs, ${look.width} px, ${look.scheme}: it fits, and can be read`, async t => {
    const files = {'runs.html': runsPage(runRows, ['broken'])};
    const {page, complaints} = await openPage(t, browser, files, look);
    t.true(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'));
    t.deepEqual(await page.evaluate(tooFaint), []);
    t.deepEqual(complaints, []);
  });
}

type Focused = {readonly label: string; readonly outline: string};

/** Null when nothing of the page has the focus. */
const focused = (page: Page): Promise<Focused | null> =>
  page.evaluate(
    `(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      return {label: e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40), outline: getComputedStyle(e).outlineStyle};
    })()`,
  ) as Promise<Focused | null>;

inBrowser('all that can be used is reached by the tab key, in order, and shows that it is', async t => {
  const {page} = await open(t, pageOf());
  const seen: string[] = [];
  for (let step = 0; step < 400; step++) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    if (at === null) break;
    t.not(at.outline, 'none', at.label);
    seen.push(at.label);
  }
  t.is(seen[0], 'To the report');
  t.is(seen[1], 'Initial user observation');
  const expected = [
    'Zoom in: undici-stall: settle times and outcomes over time',
    'undici-stall: settle times and outcomes over time. Arrow keys read the values, plus and minus zoom, 0 shows all.',
    'operations, scrolls sideways',
    'Time to settle, by phase. Arrow keys read the values.',
  ];
  const places = expected.map(label => seen.indexOf(label));
  t.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  t.true(
    places.every(place => place > 0),
    JSON.stringify(seen),
  );
});

const tipOf = async (page: Page): Promise<string | null> =>
  (await page.evaluate(
    `(() => { const tip = document.querySelector('[data-chart=timeline] .tip'); return tip.hidden ? null : tip.textContent })()`,
  )) as string | null;

inBrowser('the values of a chart are read by pointer and by keyboard alike', async t => {
  const {page} = await open(t, pageOf());
  const frame = (await page.$('[data-chart=timeline] .chart-frame'))!;
  await frame.focus();
  await page.keyboard.press('End');
  t.regex(
    (await tipOf(page)) ?? '',
    /^defaults25\.5 s to 26\.0 s, recoverysettle p50 .* ms, p99 .* ms\d+ ok/,
  );
  await page.keyboard.press('ArrowDown');
  t.regex((await tipOf(page)) ?? '', /^bounded25\.5 s to 26\.0 s, recovery/);
  await page.keyboard.press('ArrowLeft');
  t.regex((await tipOf(page)) ?? '', /^bounded25\.0 s/);
  await page.keyboard.press('Escape');
  t.is(await tipOf(page), null);
  const box = (await frame.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 200);
  t.regex((await tipOf(page)) ?? '', /^defaults1\d\.\d s to 1\d\.\d s, stall/);
});

inBrowser('zooming stretches all charts over time alike, and lets go again', async t => {
  const {page} = await open(t, pageOf());
  const transforms = async () =>
    new Set(
      (await page.evaluate(
        `[...document.querySelectorAll('.plot')].map(plot => plot.getAttribute('transform') ?? 'none')`,
      )) as string[],
    );
  t.deepEqual([...(await transforms())], ['none']);
  const frame = (await page.$('[data-chart=timeline] .chart-frame'))!;
  await frame.focus();
  await page.keyboard.press('+');
  const zoomed = [...(await transforms())];
  t.is(zoomed.length, 1);
  t.regex(zoomed[0]!, /^matrix\(2 0 0 1 /);
  await page.keyboard.press('0');
  t.deepEqual([...(await transforms())], ['matrix(1 0 0 1 0 0)']);
  await page.select('select[name=phase]', 'stall');
  t.regex([...(await transforms())][0]!, /^matrix\(6\.\d+ 0 0 1 /);
  await page.click('[data-chart=timeline] [data-zoom=all]');
  const box = (await frame.boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 150);
  await page.mouse.down();
  await page.mouse.move(box.x + 500, box.y + 160);
  await page.mouse.up();
  t.regex([...(await transforms())][0]!, /^matrix\(4\.\d+ 0 0 1 /);
});

inBrowser('operations are filtered by phase and outcome, and how many are left is said', async t => {
  const {page} = await open(t, pageOf());
  const visible = () =>
    page.evaluate(
      `[...document.querySelectorAll('tbody[data-outcome]')].filter(body => !body.hidden).map(body => body.dataset.phase + ' ' + body.dataset.outcome)`,
    ) as Promise<string[]>;
  const all = await visible();
  await page.select('select[name=phase]', 'stall');
  await page.select('select[name=outcome]', 'unknown');
  const left = await visible();
  t.true(left.length > 0 && left.length < all.length);
  t.deepEqual([...new Set(left)], ['stall unknown']);
  t.is(await page.$eval('#shown', output => output.textContent), `${left.length} operations`);
  await page.select('select[name=phase]', '');
  await page.select('select[name=outcome]', '');
  t.is((await visible()).length, all.length);
});

inBrowser('a trace unfolds by keyboard', async t => {
  const {page} = await open(t, pageOf());
  const summary = (await page.$('details summary'))!;
  await summary.focus();
  await page.keyboard.press('Enter');
  t.true(await page.$eval('details', details => details.open));
  t.regex((await page.$eval('details svg desc', text => text.textContent)) ?? '', /^Operation .* spans?, /);
});

inBrowser('hostile names and messages stay text', async t => {
  const {page, complaints} = await open(t, renderReport(hostileRun()).files['report.html']);
  t.is(await page.evaluate('window.pwned'), undefined);
  t.is((await page.$$('img, iframe, object, [onerror], [onload], a[href^="javascript:"]')).length, 0);
  t.is((await page.$$('script')).length, 2);
  await page.select(
    'select[name=phase]',
    await page.$eval('select[name=phase]', select => select.options[3]!.value),
  );
  await page.focus('[data-chart=timeline] .chart-frame');
  await page.keyboard.press('End');
  t.is(await page.evaluate('window.pwned'), undefined);
  t.deepEqual(complaints, []);
});

inBrowser('nothing that is slipped into the page runs: the policy knows its two texts only', async t => {
  const {page} = await open(t, pageOf());
  await page.evaluate(`(() => {
    const script = document.createElement('script');
    script.textContent = 'window.pwned = true';
    document.body.append(script);
  })()`);
  t.is(await page.evaluate('window.pwned'), undefined);
});
