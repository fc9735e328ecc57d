// A real browser, where there is one.
import {existsSync} from 'node:fs';
import puppeteer, {type Browser} from 'puppeteer-core';

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
