// Given to the subject's node with --import, before everything else. The order matters: each step must find the steps
// before it done, so it is imported only then.
import './cache-preload.ts';
import './http-facade.ts';
import {hookPackages, type PackageSet} from './package-hooks.ts';
import type {SdkTask} from './sdk.ts';

const read = <Task>(name: string): Task | null => {
  const text = process.env[name];
  return text === undefined ? null : (JSON.parse(text) as Task);
};

const packages = read<PackageSet>('FOULWEATHER_PACKAGES');
if (packages !== null) hookPackages(packages);

const sdk = read<SdkTask>('FOULWEATHER_SDK');
if (sdk !== null) {
  const {startSdk} = await import('./sdk.ts');
  startSdk(sdk);
}
