// By what the owner of a frame is told: where the scenario and foulweather itself lie on this machine.
import {realpathSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import type {Ground} from '../profiles/owner.ts';

export const groundOf = (scenarioFile: string): Ground => ({
  scenarioUrl: pathToFileURL(realpathSync(scenarioFile)).href,
  harnessUrl: new URL('../', import.meta.url).href,
});
