// For GitHub Actions: annotations as workflow commands, and a summary of the step.

import type {Verdict} from '../../model/goal.ts';
import {gatesOf} from '../blocks/gates.ts';
import {runTitle} from '../blocks/shards.ts';
import {headlineOf} from '../case-study/headline.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {type Check, checksOf, runCheckName} from './checks.ts';
import {toMarkdownDigest} from './digest.ts';

/** GitHub shows ten annotations of a kind per step, and takes no more. */
const mostPerKind = 10;

/** A step's summary may have 1,024 KiB; what other tools wrote to it counts, too. */
const mostSummaryBytes = 1000 * 1024;

type Kind = 'error' | 'warning' | 'notice';

const kindOf: {readonly [status in Check['status']]: Kind | null} = {
  failed: 'error',
  error: 'error',
  warned: 'warning',
  skipped: null,
  passed: null,
};

export type Annotation = {readonly kind: Kind; readonly title: string; readonly message: string};

/** The lines that GitHub reads from a step's output: the verdict of each run, and what failed or is worth a warning. */
export const toAnnotations = (stories: readonly RunStory[]): string[] => {
  const all = stories.flatMap(story => [
    verdictAnnotation(story),
    ...checksOf(story).flatMap(check => annotationOf(story, check)),
  ]);
  return (['error', 'warning', 'notice'] as const).flatMap(kind => {
    const own = all.filter(annotation => annotation.kind === kind);
    if (own.length <= mostPerKind) return own.map(annotationText);
    const left = own.slice(mostPerKind - 1);
    return [
      ...own.slice(0, mostPerKind - 1),
      {
        kind,
        title: `foulweather: ${left.length} more`,
        message: left.map(({title, message}) => `${title}: ${message}`).join('\n'),
      },
    ].map(annotationText);
  });
};

const kindOfVerdict: {readonly [verdict in Verdict]: Kind} = {
  met: 'notice',
  inconclusive: 'warning',
  missed: 'error',
};

/** As the exit code has it. A run that is inconclusive says why, with advice. */
const verdictAnnotation = (story: RunStory): Annotation => {
  const {record, judgement} = story.run;
  const {verdict} = judgement;
  const reasons =
    verdict === 'inconclusive' ? gatesOf(story).map(({reason, advice}) => `${reason} ${advice}`) : [];
  return {
    kind: record.status === 'failed' ? 'error' : kindOfVerdict[verdict],
    title: `${runTitle(record)}: ${verdict}`,
    message: reasons.length > 0 ? reasons.join('\n') : headlineOf(story),
  };
};

/** What is missed in a run that cannot be judged fails nothing. */
const annotationOf = (story: RunStory, {name, status, message}: Check): Annotation[] => {
  const {record, judgement} = story.run;
  const kind = name === runCheckName ? null : kindOf[status];
  if (kind === null) return [];
  const shown = kind === 'error' && judgement.verdict === 'inconclusive' ? 'warning' : kind;
  return [{kind: shown, title: `${runTitle(record)}: ${name}`, message}];
};

export const annotationText = ({kind, title, message}: Annotation): string =>
  `::${kind} title=${escapeProperty(title)}::${escapeData(message)}`;

/** Source of both: the toolkit of GitHub's actions, `command.ts`. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** The digests of all runs, as long as there is room, and how many were left out. */
export const toStepSummary = (stories: readonly RunStory[]): string => {
  const parts: string[] = [];
  let room = mostSummaryBytes;
  for (const [index, story] of stories.entries()) {
    const text = `${toMarkdownDigest(story)}\n`;
    room -= Buffer.byteLength(text);
    if (room < 0) {
      parts.push(`${stories.length - index} more runs do not fit here; see their report files.\n`);
      break;
    }
    parts.push(text);
  }
  return parts.join('\n');
};
