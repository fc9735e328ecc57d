// A test that needs a real server: where it is not installed, it is said, and nothing else.
import {resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {ServiceName} from '../../src/model/service.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';

const places = {path: process.env['PATH'] ?? '', cwd: resolve(import.meta.dirname, '../..')};

export const withServer = (
  name: ServiceName,
  title: string,
  exec: (t: ExecutionContext) => Promise<void>,
): void => {
  const {program, folders} = services[name];
  if (findProgram(program, folders, places) === null) {
    console.error(`${title} is not tested: ${installCommand(services[name])}`);
    return;
  }
  test(title, async t => {
    t.timeout(180_000);
    await exec(t);
  });
};
