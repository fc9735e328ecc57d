import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {beginNative} from '../../src/subject/telemetry-use.ts';

const folders: string[] = [];

/** As if a scenario's folder had a package redis with this code. */
const requireBeside = (code: string): NodeJS.Require => {
  const folder = mkdtempSync(join(tmpdir(), 'foulweather-telemetry-use-'));
  folders.push(folder);
  const home = join(folder, 'node_modules', 'redis');
  mkdirSync(home, {recursive: true});
  writeFileSync(join(home, 'index.js'), code);
  return createRequire(join(folder, 'scenario.js'));
};

test.after.always(() => {
  for (const folder of folders) rmSync(folder, {recursive: true});
});

test('telemetry of its own is begun by the method that the library has for it', t => {
  const require = requireBeside(
    'exports.begun = []; exports.OpenTelemetry = {init: what => exports.begun.push(what)};',
  );
  beginNative(['redis'], require);
  const {begun} = require('redis') as {readonly begun: readonly unknown[]};
  t.like(begun, {length: 1, 0: {metrics: {enabled: true}}});
});

test('a version from before the library had telemetry is left as it is', t => {
  const require = requireBeside('exports.createClient = () => ({});');
  t.notThrows(() => beginNative(['redis'], require));
});
