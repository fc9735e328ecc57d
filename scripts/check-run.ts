// Whether the machine alone kept a run from being judged: its harness was late, and all else is as it must be.
//   node scripts/check-run.ts FOLDER
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Result} from '../src/report/formats/result.ts';
import {isOfTheMachine, trialMistakes} from './trial-mistakes.ts';

const result = JSON.parse(readFileSync(join(process.argv[2]!, 'result.json'), 'utf8')) as Result;
const trials = result.variants.flatMap(variant => variant.trials);
const mistakes = trials.flatMap(trial => [
  ...trialMistakes(trial),
  ...trial.gates.filter(gate => !isOfTheMachine(gate)).map(({reason}) => reason),
]);
for (const mistake of mistakes) console.log(`✘ ${mistake}`);
if (mistakes.length === 0)
  console.log('The machine was too busy for a verdict; nothing else was in the way.');
process.exit(mistakes.length === 0 ? 0 : 1);
