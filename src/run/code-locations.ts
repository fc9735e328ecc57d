// Where the scenario and foulweather lie on this machine: by that the owner of a frame is recognised.
import {realpathSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import type {CodeLocations} from '../profiles/owner.ts';

export const codeLocationsOf = (scenarioFile: string): CodeLocations => ({
  scenarioUrl: pathToFileURL(realpathSync(scenarioFile)).href,
  harnessUrl: new URL('../', import.meta.url).href,
});
