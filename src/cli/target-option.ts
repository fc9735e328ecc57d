// --target: the server that the library talks to.
import {InvalidArgumentError, Option} from 'commander';
import type {TargetChoice} from '../run/processes/start-target.ts';
import {shellQuote} from './shell-quote.ts';

export type TargetOptions = {readonly target?: string; readonly startServices?: boolean};

const serverUrl = (text: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Give an address such as redis://127.0.0.1:6379.');
};

export const targetOption = (): Option =>
  new Option(
    '--target <url>',
    "use your own server at this address instead of the scenario's target",
  ).argParser(serverUrl);

export const startServicesOption = (): Option =>
  new Option('--start-services', 'start the real server that a scenario needs, if it is installed');

export const targetChoice = ({target, startServices}: TargetOptions): TargetChoice => ({
  targetUrl: target ?? null,
  startServices: startServices ?? false,
});

/** The same choice, as arguments of a command. */
export const targetArgs = ({target, startServices}: TargetOptions): string[] => [
  ...(target === undefined ? [] : [`--target ${shellQuote(target)}`]),
  ...(startServices ? ['--start-services'] : []),
];
