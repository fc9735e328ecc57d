// The catalogue of docs/symptoms.md, as the facts of the symptoms have it.
import type {SymptomFacts} from '../../src/model/symptoms/facts.ts';
import {needs as needTexts} from '../../src/model/symptoms/needs.ts';

export const catalogueOf = (symptoms: {readonly [id: string]: SymptomFacts}): string =>
  Object.entries(symptoms)
    .map(([id, facts]) => entryOf(id, facts))
    .join('\n');

const entryOf = (
  id: string,
  {summary: sees, criterion: when, thresholds, needs, cause, remedy, source}: SymptomFacts,
): string => {
  const limits = Object.entries(thresholds).map(([name, value]) => `\`${name}\` ${value}`);
  return [
    `### ${id}`,
    '',
    `*${asSentence(sees)}*`,
    '',
    `- **Present when** ${when}.`,
    ...(limits.length > 0 ? [`- **Thresholds:** ${limits.join(', ')}`] : []),
    `- **A clear finding requires** ${needs.map(need => needTexts[need]).join('; ')}.`,
    `- **Usual cause:** ${cause}`,
    `- **What to do:** ${remedy}`,
    `- **Source:** [${source.title}](${source.url})`,
    '',
  ].join('\n');
};

/** A name of the code keeps its small letter. */
const asSentence = (text: string): string =>
  /^\w+(?:\(\)|\.\w)/.test(text) ? `${text}.` : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
