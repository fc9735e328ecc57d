// How the process of a trial ended, reported as a result.
import type {ErrorFacts} from '../../model/outcome.ts';
import {frameName, responsibleFrame} from '../../model/profile.ts';
import {phaseWindow, type SubjectEnd, type Trial} from '../../model/trial.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import {type Block, code, paragraph, type Text} from '../document.ts';
import {count, duration, plural} from '../format.ts';
import {withoutMachinePath} from '../machine-path.ts';

const stderrLinesShown = 12;

/** A sentence and the last lines of stderr for each trial that did not end as it should. */
export const endingBlocks = (story: VariantStory): Block[] =>
  story.trials.flatMap(({trial, parts}) => [trial, ...parts].flatMap(endingOfTrial));

const endingOfTrial = (trial: Trial): Block[] => {
  const ending = endingText(trial);
  const cut = cutText(trial);
  const texts: Text[] = [...(ending ? [ending] : []), ...(cut ? [cut] : [])];
  const inOrder = texts.length === 0 ? sigtermText(trial) : null;
  if (inOrder !== null) return [paragraph(...whose(trial), ...inOrder, '.')];
  if (texts.length === 0) return [];
  return [
    paragraph(
      ...whose(trial),
      ...texts.flatMap((text, index) => (index === 0 ? text : ['; ', ...text])),
      '.',
    ),
    ...textBlocks(
      'Stack of its main thread, innermost call first:',
      (trial.stuck?.stack ?? []).map(frameName).join('\n'),
    ),
    ...textBlocks('Stack of the error, innermost call first:', framesOf(trial.end)),
    ...textBlocks(
      trial.plan.program ? "Last lines of the program's output:" : "Last lines of the process's stderr:",
      tellingLines(trial.exit?.stderrTail ?? ''),
    ),
  ];
};

const whose = ({variant, number, continues}: Trial): Text => [
  code(variant),
  `, trial ${number}${continues === null ? '' : ', in a fresh process'}: `,
];

/** What the process prints may be cut off, or missing: the stack is taken from the error itself. */
const framesOf = (end: SubjectEnd): string =>
  end.kind === 'crashed' || end.kind === 'open-failed'
    ? (end.error?.frames ?? []).map(frameName).join('\n')
    : '';

/** Says that one process did not see the whole storm. */
const cutText = ({cut, plan}: Trial): Text | null => {
  const last = plan.phases.at(-1)?.name ?? '';
  switch (cut) {
    case null:
      return null;
    case 'wedged':
      return [
        `the client was wedged by the end of ${last}; a fresh process met the remaining faults, after a warm-up and baseline of its own`,
      ];
    case 'died':
      return ['a fresh process met the remaining faults, after a warm-up and baseline of its own'];
  }
};

const textBlocks = (title: string, text: string): Block[] =>
  text === '' ? [] : [paragraph(title), {kind: 'code', language: 'text', text}];

/** V8 prints its last collections and why it gives up, and then a long native stack, which is of no use here. */
const tellingLines = (stderr: string): string => {
  const lines = stderr.trimEnd().split('\n').map(withoutMachinePath);
  const fatal = lines.findIndex(line => line.startsWith('FATAL ERROR'));
  if (fatal < 0) return lines.slice(-stderrLinesShown).join('\n');
  const collections = lines.slice(0, fatal).filter(line => /^\[\d+:0x[\da-f]+\]\s+\d+ ms: /.test(line));
  return [...collections.slice(-2).map(line => line.replace(/^\[\S+\]\s+/, '')), lines[fatal]].join('\n');
};

/** Null for a trial whose process did all of its work and closed in order. */
export const endingText = (trial: Trial): Text | null => {
  const {end} = trial;
  switch (end.kind) {
    case 'completed':
      return closeText(trial, end);
    case 'open-failed':
      return ['open() failed, so that no operation was tried', ...errorText(end.error), ...exitText(trial)];
    case 'first-operation-failed':
      return [
        `the operation tried before the load failed ${end.triedCount} out of ${end.triedCount} times, so there was no load`,
        ...errorText(end.error),
        ...exitText(trial),
      ];
    case 'crashed':
      return [
        end.outOfMemory ? 'the process ran out of memory' : 'the process crashed',
        whenText(trial),
        ...exitText(trial),
        ...errorText(end.error),
      ];
    case 'unresponsive':
      return [
        'the process stopped responding and was killed by the harness',
        whenText(trial),
        ...exitText(trial),
        ...stuckText(trial),
      ];
    case 'protocol-broken':
      return [
        `the program broke the protocol and was killed by the harness: ${end.problem}`,
        ...(end.line === null ? [] : [': ', code(end.line)]),
        whenText(trial),
      ];
    case 'interrupted':
      return ['the trial was interrupted', whenText(trial)];
  }
};

const stuckText = ({stuck}: Trial): Text => {
  const frame = responsibleFrame(stuck?.stack ?? []);
  return frame === null ? [] : ['; it was stuck in ', code(frameName(frame))];
};

/** `the program ended 40 ms after SIGTERM, with exit code 0; 3 operations were in flight`; null where it was not sent it. */
const sigtermText = ({closing}: Trial): Text | null => {
  const {sigterm, durationMs = 0, underLoad} = closing ?? {};
  if (sigterm === undefined) return null;
  const lost = underLoad?.inFlight ?? 0;
  const left = lost === 0 ? '' : `; ${plural(lost, 'operation')} in flight had not settled`;
  if (sigterm === null) {
    return [`the program had not ended ${duration(durationMs)} after SIGTERM, and was killed${left}`];
  }
  const {exitCode, signal} = sigterm;
  const how = signal === null ? `with exit code ${exitCode}` : `by signal ${signal}`;
  return [`the program ended ${duration(durationMs)} after SIGTERM, ${how}${left}`];
};

const closeText = (trial: Trial, end: Extract<SubjectEnd, {kind: 'completed'}>): Text | null => {
  if (trial.closing?.sigterm !== undefined) return end.close === 'resolved' ? null : sigtermText(trial);
  const close: Text[] = [
    ...(end.close === 'hung' ? [['close() never returned']] : []),
    ...(end.close === 'failed' ? [['close() failed', ...errorText(end.error)]] : []),
    ...(trial.exit?.killedFor === 'lingering'
      ? [['the process did not exit after close() and was killed by the harness']]
      : []),
  ];
  return close.length === 0 ? null : close.flatMap((text, index) => (index === 0 ? text : ['; ', ...text]));
};

/** The same in two or three words, for a headline; null where the trial completed. */
export const endingName = (trial: Trial): string | null => {
  const {end} = trial;
  if (end.kind === 'crashed') return end.outOfMemory ? 'runs out of memory' : 'crashes';
  if (end.kind === 'unresponsive') return 'stops responding';
  if (end.kind === 'protocol-broken') return 'breaks the protocol';
  if (end.kind === 'first-operation-failed') return 'fails its first operation';
  return end.kind === 'open-failed' ? 'fails to open' : null;
};

export const errorText = (error: ErrorFacts | null): Text =>
  error === null ? [] : [': ', code([error.name, error.code, error.message].filter(Boolean).join(' '))];

/** The phase that was under way, or null before the first. */
export const phaseAt = (trial: Trial, atMs: number): string | null => {
  const index = trial.plan.phases.findLastIndex((_, phase) => {
    const window = phaseWindow(trial, phase);
    return window !== null && window.startMs <= atMs;
  });
  return trial.plan.phases[index]?.name ?? null;
};

const whenText = (trial: Trial): string => {
  if (!trial.exit) return '';
  const {atMs} = trial.exit;
  if (trial.loadEndedMs !== null && atMs > trial.loadEndedMs)
    return ` ${duration(atMs)} into the trial, after the load`;
  const phase = phaseAt(trial, atMs);
  return ` ${duration(atMs)} into the trial${phase === null ? '' : `, in ${phase}`}`;
};

const exitText = ({exit}: Trial): Text => {
  if (!exit) return [];
  const parts = [
    exit.exitCode === null ? null : `exit code ${count(exit.exitCode)}`,
    exit.signal === null ? null : `signal ${exit.signal}`,
  ].filter(part => part !== null);
  return parts.length === 0 ? [] : [` (${parts.join(', ')})`];
};
