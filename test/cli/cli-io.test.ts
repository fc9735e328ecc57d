// A reader of the output that goes away, such as `head`: nothing fails because of it.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import test from 'ava';

const entry = new URL('../fixtures/cli-entry.ts', import.meta.url).pathname;

test('nobody reads stdout any more', async t => {
  const cli = spawn(process.execPath, ['--no-warnings', entry, 'list'], {stdio: ['ignore', 'pipe', 'pipe']});
  cli.stdout.destroy();
  const [said, [code]] = await Promise.all([text(cli.stderr), once(cli, 'close')]);
  t.is(said, '');
  t.is(code, 0);
});
