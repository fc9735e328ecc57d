// What became of the reproducers of earlier searches, in the words of each reporter.
import {element, escapeXml} from '../charts/svg.ts';
import {code, list} from '../document.ts';
import {annotationText} from '../formats/github.ts';
import {blocksToMarkdown} from '../formats/markdown.ts';

export type Replayed = {
  readonly file: string;
  /** What the search found. */
  readonly sentence: string;
  readonly symptom: string;
  readonly state: 'fails' | 'fixed' | 'undecided';
  /** Why it is undecided; null otherwise. */
  readonly reason: string | null;
};

export const replayedWords: {readonly [state in Replayed['state']]: string} = {
  fails: 'Still fails',
  fixed: 'Fixed',
  undecided: 'Inconclusive',
};

const explained = ({sentence, reason}: Replayed): string =>
  reason === null ? sentence : `${sentence} ${reason}`;

export const replayedText = (replayed: Replayed): string =>
  `${replayedWords[replayed.state]}: ${replayed.file}\n  ${explained(replayed)}\n`;

export const replayedMarkdown = (all: readonly Replayed[]): string =>
  `${blocksToMarkdown([
    list(
      all.map(replayed => [
        `${replayedWords[replayed.state]}: `,
        code(replayed.file),
        `. ${explained(replayed)}`,
      ]),
    ),
  ])}\n`;

/** A reproducer that still fails is a failure, and one that cannot be judged an error. */
export const replayedJunit = (all: readonly Replayed[]): string => {
  const cases = all.map(({file, sentence, symptom, state, reason}) => {
    const attributes = {classname: 'explore --replay', name: file};
    if (state === 'fixed') return element('testcase', attributes);
    const kind = state === 'fails' ? 'failure' : 'error';
    const message = reason ?? sentence;
    return element('testcase', attributes, element(kind, {message, type: symptom}, escapeXml(sentence)));
  });
  const countOf = (wanted: Replayed['state']): string =>
    String(all.filter(({state}) => state === wanted).length);
  const attributes = {
    name: 'explore --replay',
    tests: String(all.length),
    failures: countOf('fails'),
    errors: countOf('undecided'),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', {}, element('testsuite', attributes, ...cases)),
    '',
  ].join('\n');
};

export const replayedAnnotations = (all: readonly Replayed[]): string =>
  all
    .map(replayed => {
      const title = `${replayedWords[replayed.state]}: ${replayed.file}`;
      return `${annotationText({kind: levels[replayed.state], title, message: explained(replayed)})}\n`;
    })
    .join('');

const levels = {fails: 'error', fixed: 'notice', undecided: 'warning'} as const;
