// Symptoms: what the baseline did wrong. In short for the page; and with all evidence, what was clear, and what could not be
// judged, for the details.

import {type Diagnosis, diagnoses} from '../../../model/diagnosis.ts';
import type {Evidence, LedgerEntry, SymptomId} from '../../../model/finding.ts';
import {byWeight, symptoms} from '../../../model/symptoms.ts';
import {endingBlocks} from '../../blocks/endings.ts';
import {phaseLink, symptomsAnchor} from '../../blocks/phase-link.ts';
import {
  type Block,
  code,
  joined,
  lineBreak,
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../../document.ts';
import {count, evidenceFigure, plural} from '../../format.ts';
import type {RunStory, SymptomStory, VariantStory} from '../run-story.ts';

const examplesShown = 2;
const rowsShown = 5;

/** The few that matter most, each with its number and what usually fixes it. */
export const symptomsSection = (story: RunStory): Section => {
  const {baseline} = story;
  const present = presentIn(baseline);
  const shown = present.slice(0, rowsShown);
  return {
    id: 'symptoms',
    title: 'Symptoms',
    blocks: [
      ...diagnosisBlocks(baseline),
      ...(shown.length === 0
        ? []
        : [
            table(
              ['Symptom', 'Phase', 'What was seen', 'Usual fix'],
              shown.map(symptom => briefRow(symptom, baseline)),
            ),
          ]),
      paragraph(...countText(baseline, present.length), ' ', {
        link: shown.length === 0 ? 'Result' : 'Evidence and causes',
        to: symptomsAnchor,
      }),
    ],
  };
};

export const symptomDetails = ({baseline}: RunStory): Section => ({
  id: symptomsAnchor,
  title: 'Symptoms in detail',
  blocks: [...endingBlocks(baseline), ...symptomBlocks(baseline)],
});

/** Failures first, and then by weight. */
const presentIn = ({symptoms: stories}: VariantStory): SymptomStory[] =>
  stories
    .filter(({verdict}) => verdict === 'present')
    .toSorted((a, b) => failuresFirst(a, b) || byWeight(a.symptom, b.symptom));

const briefRow = (story: SymptomStory, variant: VariantStory): Text[] => {
  const [worst] = story.present;
  if (!worst) return [];
  const [evidence] = worst.evidence;
  return [
    nameOf(story),
    [phaseLink(variant, evidence.phase)],
    [evidence.statement],
    [symptoms[story.symptom].remedy],
  ];
};

/** How many were looked for, and the results of the others. */
const countText = ({variant, symptoms: stories}: VariantStory, present: number): Text => {
  const of = (verdict: SymptomStory['verdict']): number =>
    stories.filter(story => story.verdict === verdict).length;
  const name = code(variant.name);
  if (stories.length === 0) return ['Nothing was judged of ', name, '.'];
  return [
    name,
    ` shows ${count(present)} of ${plural(stories.length, 'symptom')}; ${count(of('clear'))} were not found, and ${count(of('inconclusive'))} could not be judged.`,
  ];
};

/** Of each diagnosis the first trial that shows it: what to look at before the single symptoms. */
const diagnosisBlocks = ({trials}: VariantStory): Block[] => {
  const shown = new Map<string, Diagnosis>();
  for (const {judgement} of trials) {
    for (const diagnosis of judgement.diagnoses)
      if (!shown.has(diagnosis.diagnosis)) shown.set(diagnosis.diagnosis, diagnosis);
  }
  if (shown.size === 0) return [];
  return [
    list(
      [...shown.values()].map(({diagnosis, statement, symptoms: made}) => [
        strong(diagnoses[diagnosis]),
        ` (${made.join(', ')}): ${statement}`,
      ]),
    ),
  ];
};

export const symptomBlocks = (story: VariantStory): Block[] => {
  const name = code(story.variant.name);
  if (story.symptoms.length === 0) return [paragraph('Nothing was judged of ', name, '.')];
  const present = presentIn(story);
  const looked = plural(story.symptoms.length, 'symptom');
  if (present.length === 0) return [paragraph(`None of ${looked} was found in `, name, '.'), ...rest(story)];
  return [
    paragraph(name, ` shows ${count(present.length)} of ${looked}.`),
    table(
      ['Symptom', 'Phase', 'Evidence', '>Number', '>Threshold', '>Count', 'Witness'],
      present.flatMap(symptom => rowsOf(symptom, story)),
    ),
    paragraph('Likely causes and fixes:'),
    list(present.map(({symptom}) => whyOf(symptom))),
    ...rest(story),
  ];
};

const isWarning = ({present}: SymptomStory): boolean => present.every(({severity}) => severity === 'warn');

const failuresFirst = (a: SymptomStory, b: SymptomStory): number =>
  Number(isWarning(a)) - Number(isWarning(b));

/** The finding of the trial that shows it most, a row for each piece of evidence; the later ones may be of other phases. */
const rowsOf = (symptom: SymptomStory, story: VariantStory): Text[][] => {
  const worst = symptom.present[0];
  if (!worst) return [];
  return worst.evidence.map((evidence, index) => [
    index === 0 ? nameOf(symptom) : [],
    evidence.phase === worst.evidence[index - 1]?.phase ? [] : [phaseLink(story, evidence.phase)],
    saysOf(evidence),
    [evidenceFigure(evidence, evidence.value)],
    [evidenceFigure(evidence, evidence.threshold)],
    [count(evidence.count)],
    [evidence.witness],
  ]);
};

const nameOf = (story: SymptomStory): Text => {
  const {symptom, present, trialCount} = story;
  const severity = isWarning(story) ? ' (warning)' : '';
  const share: Span[] = trialCount > 1 ? [lineBreak, `in ${present.length} of ${trialCount} trials`] : [];
  return [strong(symptom), severity, lineBreak, symptoms[symptom].summary, ...share];
};

const whyOf = (symptom: SymptomId): Text => {
  const {cause, remedy, source} = symptoms[symptom];
  const {title, url} = source;
  return [strong(symptom), `: ${cause} Fix: ${remedy} Source: `, {link: title, url}, '.'];
};

const saysOf = (evidence: Evidence): Text => [...exampleText(evidence), ...pointerText(evidence)];

const exampleText = ({statement, operations, traces = []}: Evidence): Text => {
  // A trace is of more use than an operation's id, and each belongs to the operation beside it.
  const shown = operations.length > 0 ? operations : traces;
  if (shown.length === 0) return [statement];
  const examples = shown.slice(0, examplesShown).flatMap((id, index): Span[] => {
    const trace = operations.length > 0 ? traces[index] : undefined;
    return [index > 0 ? ', ' : '', code(id), ...(trace === undefined ? [] : [' (trace ', code(trace), ')'])];
  });
  return [statement, operations.length > 0 ? ' For example ' : ' For example trace ', ...examples, '.'];
};

/** Where else it can be looked up. */
const pointerText = ({ledger = [], connections = [], files = []}: Evidence): Text => [
  ...(ledger.length > 0
    ? [' In the ledger: ', ...joined(ledger.slice(0, examplesShown).map(entryText), '; '), '.']
    : []),
  ...(connections.length > 0
    ? [` At the injector: connection${connections.length === 1 ? '' : 's'} ${connections.join(', ')}.`]
    : []),
  ...(files.length > 0
    ? [
        ' See ',
        ...joined(
          files.map((file): Text => [code(file)]),
          ', ',
        ),
        '.',
      ]
    : []),
];

const entryText = ({operation, attempts, effects}: LedgerEntry): Text => [
  code(operation),
  ` ${plural(attempts, 'attempt')}, ${plural(effects, 'effect')}`,
];

const rest = ({symptoms: stories}: VariantStory): Block[] => {
  const clear = stories.filter(({verdict}) => verdict === 'clear');
  const unclear = stories.filter(({verdict}) => verdict === 'inconclusive');
  return [
    ...(clear.length > 0
      ? [paragraph('Looked for and not found: ', clear.map(({symptom}) => symptom).join(', '), '.')]
      : []),
    ...(unclear.length > 0
      ? [
          paragraph('Inconclusive:'),
          list(
            [...Map.groupBy(unclear, ({reasons}) => reasons.join('; '))].map(([reason, alike]) => [
              ...alike.flatMap(({symptom}, index) => [index > 0 ? ', ' : '', strong(symptom)]),
              `: ${reason}`,
            ]),
          ),
        ]
      : []),
  ];
};
