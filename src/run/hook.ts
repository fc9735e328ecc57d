// The scenario's own code outside of the subject: prepare(), verify(), target.start(). Its errors are reported as the
// author's, with the place and the stack: they are not defects of foulweather.
import {realpathSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {type ErrorCode, FoulweatherError} from '../model/errors.ts';
import type {ErrorFacts} from '../model/outcome.ts';
import {codeUrl} from '../model/own-files.ts';
import {frameName, type ProfileFrame} from '../model/profile.ts';
import type {CodeLocations} from '../profiles/owner.ts';
import {describeStack} from '../profiles/stack.ts';
import {type ChildExit, lastWords} from './processes/child.ts';

export type Hook = {
  readonly name: 'prepare()' | 'verify()' | 'target.start()';
  readonly scenarioFile: string;
  readonly code: ErrorCode;
  readonly hint: string;
};

type HookProcess = {readonly hasExited: boolean; readonly exited: Promise<ChildExit>};

export const hookThrew = (hook: Hook, error: ErrorFacts): FoulweatherError => {
  const frames = framesOf(error.stack, hook);
  const isNamed = error.code === null || error.message.includes(error.code);
  const what = isNamed ? error.name : `${error.name} ${error.code}`;
  const message = error.message === '' ? what : `${what}: ${error.message}`;
  return failure(hook, `${hook.name} of the scenario failed${placeOf(frames)}: ${message}`, frames);
};

/** Its process gave no answer: it died, or the hook did not settle in time. */
export const hookUnanswered = async (
  hook: Hook,
  child: HookProcess,
  limitMs: number,
): Promise<FoulweatherError> => {
  if (!child.hasExited)
    return failure(hook, `${hook.name} of the scenario did not finish within ${limitMs / 1000} s.`, []);
  const {code, signal, stderrTail} = await child.exited;
  const frames = framesOf(stderrTail.split('\n'), hook);
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const last = lastWords(stderrTail);
  const words = last === '' ? '.' : `: ${last}`;
  return failure(
    hook,
    `The process of the scenario's ${hook.name} ended early (${how})${placeOf(frames)}${words}`,
    frames,
  );
};

/** Node's own frames below the scenario's explain nothing. */
const framesOf = (stack: readonly string[], {scenarioFile}: Hook): ProfileFrame[] =>
  describeStack(stack, codeLocationsOf(scenarioFile)).filter(
    ({ownerKind}) => ownerKind !== 'node' && ownerKind !== 'engine',
  );

const failure = ({code, hint}: Hook, message: string, frames: readonly ProfileFrame[]): FoulweatherError =>
  new FoulweatherError(code, /[.!?]$/.test(message) ? message : `${message}.`, hint, {
    details: frames.map(frame => `at ${frameName(frame)}`),
  });

/** The innermost frame of the scenario's own code. */
const placeOf = (frames: readonly ProfileFrame[]): string => {
  const own = frames.find(({ownerKind}) => ownerKind === 'scenario' || ownerKind === 'application');
  return own?.place ? ` at ${own.place}` : '';
};

/** Where the scenario and foulweather lie on this machine: by that the owner of a frame is recognised. */
export const codeLocationsOf = (scenarioFile: string): CodeLocations => ({
  scenarioUrl: pathToFileURL(realpathSync(scenarioFile)).href,
  harnessUrl: codeUrl,
});
