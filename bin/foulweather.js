#!/usr/bin/env node
// Checks the Node version, calls the command line, sets the exit code; nothing else.
import {existsSync} from 'node:fs';
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 20)) {
  const args = process.argv.slice(2).join(' ');
  process.stderr.write(
    `foulweather needs Node.js 22.20 or newer, and this is ${process.version}. ` +
      `This works: npx -p node@24 -p foulweather foulweather ${args}\n`,
  );
  process.exitCode = 64;
} else {
  // Of this process and, by the supervisor, of its children.
  module.enableCompileCache();
  // A fresh checkout has not been built: its sources run as they are.
  const built = new URL('../dist/cli/main.js', import.meta.url);
  const entry = existsSync(built) ? built : new URL('../src/cli/main.ts', import.meta.url);
  const {main, processIo} = await import(entry.href);
  process.exitCode = await main(processIo());
}
