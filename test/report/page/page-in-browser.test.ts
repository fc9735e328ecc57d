// The page in a real browser: nothing asked of a network, nothing wrong on the console, everything reachable by keyboard.
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {Browser, Page} from 'puppeteer-core';
import {renderReport} from '../../../src/report/report.ts';
import {browserPath, launchBrowser} from '../../helpers/browser.ts';
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

type Opened = {readonly page: Page; readonly complaints: string[]; readonly requests: string[]};
type Look = {readonly width: number; readonly scheme: 'light' | 'dark'};

const open = async (
  t: ExecutionContext,
  text: string | undefined,
  {width, scheme}: Look = {width: 1280, scheme: 'light'},
): Promise<Opened> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-page-'));
  const file = join(folder, 'report.html');
  await writeFile(file, text ?? '');
  const page = await browser.newPage();
  t.teardown(async () => {
    await page.close();
    await rm(folder, {recursive: true});
  });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(String(error)));
  page.on('dialog', dialog => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', request => requests.push(request.url()));
  await page.setViewport({width, height: 900});
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
  const url = pathToFileURL(file).href;
  await page.goto(url, {timeout: 50_000});
  t.deepEqual(
    requests.filter(request => request !== url && !request.startsWith('data:')),
    [],
  );
  return {page, complaints, requests};
};

const looks: readonly Look[] = [
  {width: 1280, scheme: 'light'},
  {width: 1280, scheme: 'dark'},
  {width: 390, scheme: 'light'},
  {width: 390, scheme: 'dark'},
];

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

/** Runs in the page: texts whose contrast with what is behind them is less than 4.5 (WCAG 2.2, 1.4.3). */
const tooFaint = `(() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if ((colour[3] ?? 1) === 1) return colour;
    }
    return numbers(getComputedStyle(document.body).backgroundColor);
  };
  const paper = svg => numbers(getComputedStyle(svg).getPropertyValue('--fault').replace('#', '').match(/../g).map(x => parseInt(x, 16)).join(' '));
  const faint = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || element.closest('script, style, title, desc')) continue;
    const svg = element.closest('svg');
    const style = getComputedStyle(element);
    const text = luminance(numbers(svg ? style.fill : style.color));
    // In a chart a text may stand on the shade of a fault, which is nearer to it than the paper.
    for (const ground of svg ? [behind(svg), paper(svg)] : [behind(element)]) {
      const back = luminance(ground);
      const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
      if (contrast < 4.5) faint.add(element.tagName + '.' + element.getAttribute('class') + ' ' + contrast.toFixed(2));
    }
  }
  return [...faint];
})()`;

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
