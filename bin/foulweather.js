#!/usr/bin/env node
// Checks the Node version, calls the command line, sets the exit code; nothing else.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 20)) {
  const args = process.argv.slice(2).join(' ');
  process.stderr.write(
    `foulweather needs Node.js 22.20 or newer, and this is ${process.version}. ` +
      `This works: npx -p node@24 -p foulweather foulweather ${args}\n`,
  );
  process.exitCode = 64;
} else {
  const {main, processWorld} = await import('../dist/cli/main.js');
  process.exitCode = await main(processWorld());
}
