// A real browser, where there is one.
import {existsSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {ExecutionContext} from 'ava';
import puppeteer, {type Browser, type Page} from 'puppeteer-core';

const places = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Null where there is none; `CHROME_PATH` names one at another place. */
export const browserPath = places.find(path => path !== undefined && existsSync(path)) ?? null;

/** As root, as on many CI machines, Chromium's sandbox does not start; it opens only pages that a test made. */
export const launchBrowser = (): Promise<Browser> =>
  puppeteer.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    timeout: 50_000,
  });

export type Opened = {readonly page: Page; readonly complaints: string[]; readonly requests: string[]};
export type Look = {readonly width: number; readonly scheme: 'light' | 'dark'};

/** @param files by their names; the first is opened, and the others lie beside it */
export const openPage = async (
  t: ExecutionContext,
  browser: Browser,
  files: {readonly [name: string]: string},
  {width, scheme}: Look = {width: 1280, scheme: 'light'},
): Promise<Opened> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-page-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const file = join(folder, Object.keys(files)[0]!);
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

export const looks: readonly Look[] = [
  {width: 1280, scheme: 'light'},
  {width: 1280, scheme: 'dark'},
  {width: 390, scheme: 'light'},
  {width: 390, scheme: 'dark'},
];

/** Runs in the page: texts whose contrast with what is behind them is less than 4.5 (WCAG 2.2, 1.4.3). */
export const tooFaint = `(() => {
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
