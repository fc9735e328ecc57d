// What keeps a run from being judged, in words, and with the frames of the error where there is one.
import type {Gate} from '../../model/run.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {withoutMachinePath} from '../machine-path.ts';

const framesShown = 5;

/** Of the run and of the trials that decide its verdict; the same words once. */
export const gatesOf = ({run, judged}: RunStory): Gate[] => {
  const all = [...run.judgement.gates, ...judged.trials.flatMap(({judgement}) => [...judgement.gates])];
  return [...new Map(all.map(gate => [`${gate.reason} ${gate.advice}`, gate])).values()];
};

/** Where foulweather calls the scenario: the frames below that are of no use. */
const harnessFrame = /[/\\]subject[/\\](?:perform|try-operation|subject-session|subject-process)\.[jt]s:/;

/** Frames of the user's and of the library's code; Node's own only where there are no others. */
export const gateFrames = (
  {stack = []}: Gate,
  shownFrame: (line: string) => string = withoutMachinePath,
): string[] => {
  const harnessAt = stack.findIndex(frame => harnessFrame.test(frame));
  const above = harnessAt < 0 ? stack : stack.slice(0, harnessAt);
  const own = above.filter(frame => !/[( ]node:/.test(frame));
  const shown = (own.length > 0 ? own : above).slice(0, framesShown);
  return shown.map(shownFrame);
};
