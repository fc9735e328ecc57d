// By what the owner of a frame is told: where the scenario and foulweather itself lie on this machine.
import {realpathSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import type {CodeLocations} from '../profiles/owner.ts';

export const codeLocationsOf = (scenarioFile: string): CodeLocations => ({
  scenarioUrl: pathToFileURL(realpathSync(scenarioFile)).href,
  harnessUrl: new URL('../', import.meta.url).href,
});
