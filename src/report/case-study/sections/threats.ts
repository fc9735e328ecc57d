// Threats to validity: what may be wrong with these figures, and what nobody saw.
import type {ForeignMessages} from '../../../model/event.ts';
import {isMostlyDropped} from '../../../model/run.ts';
import {isFirstUnderWay} from '../../../model/trial.ts';
import {code, list, type Section, strong, type Text} from '../../document.ts';
import {count, duration, microseconds, percent, plural} from '../../format.ts';
import type {JudgedTrial, RunStory} from '../run-story.ts';

export const threatsSection = (story: RunStory): Section => ({
  id: 'threats-to-validity',
  title: 'Threats to validity',
  blocks: [
    list([
      ...gates(story),
      ...trialCount(story),
      ...cost(story),
      ...droppedLoad(story),
      ...unseen(story),
      ...firstUnsettled(story),
      ...troubles(story),
      ...foreignMessages(story),
      ...standIns(story),
      ...unapplied(story),
      ...measurement(story),
    ]),
  ],
});

const trialsOf = ({variants}: RunStory): JudgedTrial[] => variants.flatMap(variant => [...variant.trials]);

const gates = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial, judgement}) =>
    judgement.gates.map(
      (gate): Text => [
        strong(gate.name),
        ' (',
        code(trial.variant),
        `, trial ${trial.number}): ${gate.reason} ${gate.advice}`,
      ],
    ),
  );

const trialCount = ({run, variants}: RunStory): Text[] => {
  const trials = Math.min(...variants.map(variant => variant.trials.length));
  const planned = run.record.trialsPerVariant;
  if (trials < planned) return [[`${count(trials)} of ${plural(planned, 'trial')} of a variant were made.`]];
  if (trials >= 5)
    return [
      [
        `${plural(trials, 'trial')} per variant, baseline and candidate in turn, each a process of its own, with a target and an injector of its own where they are the harness’s; the telemetry receiver serves all of them.`,
      ],
      ...(run.record.precision
        ? [['The number of trials was found by looking at the interval, which makes it a little too narrow.']]
        : []),
    ];
  return [
    [
      `${plural(trials, 'trial')} per variant: enough for what never may happen, too few to tell how much figures vary between runs.`,
    ],
  ];
};

const cost = (story: RunStory): Text[] => {
  const {calibration} = story.run.record;
  const lags = trialsOf(story).flatMap(({judgement}) =>
    judgement.phases.flatMap(phase => phase.startLagP99Ms ?? []),
  );
  const lag: Text[] =
    lags.length === 0
      ? []
      : [
          [
            `Operations started late by ${duration(Math.max(...lags))} at the 99th percentile in the worst phase; response times include it.`,
          ],
        ];
  if (!calibration) return [["The harness's own cost was not measured."], ...lag];
  return [
    [
      `The harness costs ${microseconds(calibration.cpuUsPerOperation)} of CPU time per operation, measured over ${count(calibration.operationCount)} operations that do nothing (start lag p99 ${duration(calibration.startLagP99Ms)}); it is part of the CPU figures, as is the cost of the telemetry.`,
    ],
    ...lag,
  ];
};

/** What the gate `load-dropped` has not said already. A warm-up is not judged. */
const droppedLoad = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial, judgement}) =>
    judgement.phases
      .filter(phase => phase.role !== 'warm-up' && isMostlyDropped(phase))
      .filter(
        ({phase}) =>
          !judgement.gates.some(
            ({name, reason}) => name === 'load-dropped' && reason.startsWith(`In phase ${phase},`),
          ),
      )
      .map(({phase, offered, started, dropped}) => [
        `In phase ${phase} (${trial.variant}, trial ${trial.number}) ${count(dropped)} of ${plural(offered, 'operation')} (${percent(dropped / offered)}) were not started, because as many as the load allows were under way, or because the load ended first: what goals and symptoms say of it is about the other ${count(started)}.`,
      ]),
  );

const unseen = (story: RunStory): Text[] => {
  const trials = trialsOf(story);
  const summaries = trials.flatMap(({judgement}) => [...judgement.phases]);
  const refusals = trials.flatMap(({trial}) => Object.entries(trial.telemetry?.refusals ?? {}));
  return [
    ...(summaries.some(({faults}) => faults.some(({connectionsHit}) => connectionsHit === null))
      ? [
          [
            'The injector does not count which fault hit which connection, as a real Toxiproxy does not: that the faults hit is inferred from their effect.',
          ],
        ]
      : []),
    ...(trials.some(({trial}) => trial.ledger === null)
      ? [['The target kept no ledger: attempts, duplicates and lost operations were not seen.']]
      : []),
    ...(trials.some(({trial}) => trial.telemetry === null)
      ? [['Of some trials no telemetry was received.']]
      : []),
    ...trials.flatMap(({trial}): Text[] => {
      const stepped = steppedText(trial);
      return stepped === null ? [] : [[stepped]];
    }),
    ...refusals.map(
      ([reason, refused]): Text => [
        `The telemetry receiver refused ${plural(refused, 'request')}: ${reason}.`,
      ],
    ),
  ];
};

const firstUnsettled = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial}): Text[] => {
    const {firstUnsettled: first, variant, number} = trial;
    if (first === null) return [];
    const later =
      first.settledMs === null
        ? 'and never did'
        : `and did ${duration(first.settledMs)} after the trial began`;
    const effect = isFirstUnderWay(trial)
      ? ', and what it holds cannot be told from connections or slots of a pool that leaked'
      : '';
    return [
      [
        `The operation that is tried on a calm network before the load (${variant}, trial ${number}) had not settled after ${duration(first.afterMs)}, ${later}. It is in no account${effect}.`,
      ],
    ];
  });

const steppedText = ({clockSteps, variant, number}: JudgedTrial['trial']): string | null =>
  clockSteps.length === 0
    ? null
    : `The wall clock was set while ${variant}, trial ${number}, was under way, by ${duration(Math.max(...clockSteps.map(({offsetMs}) => Math.abs(offsetMs))))} at most: the harness does not go by it, but spans and metrics have their times from it, and what needs those is not concluded.`;

/** What the gates have not said already. */
const troubles = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial, judgement}) =>
    trial.troubles
      .filter(({message}) => !judgement.gates.some(({reason}) => reason.includes(message)))
      .map(
        (trouble): Text => [
          'The harness had trouble with ',
          code(trouble.what),
          ` (${trial.variant}, trial ${trial.number}, ${duration(trouble.atMs)}): `,
          code(trouble.message),
        ],
      ),
  );

/** Of each variant once: all of its trials load the same. */
const standIns = ({variants}: RunStory): Text[] =>
  variants.flatMap(({variant, trials}) =>
    (trials[0]?.trial.standIns ?? []).map(
      ({package: name, version, by}): Text => [
        'Not all code of ',
        code(`${name} ${version}`),
        ' was under test in ',
        code(variant.name),
        `: calls through the global dispatcher of ${name}, such as fetch() and request() without a dispatcher of their own, ran ${by ?? `another copy of ${name}`}, which was loaded first.`,
      ],
    ),
  );

const unapplied = ({variants}: RunStory): Text[] =>
  variants.flatMap(({variant, trials}) =>
    (trials[0]?.trial.unapplied ?? []).map(
      ({instrumentation, package: name, version, supports}): Text => [
        code(instrumentation),
        ' patched nothing of ',
        code(`${name} ${version}`),
        ' in ',
        code(variant.name),
        `, although it is registered (it supports ${supports}): the missing spans are not the library’s fault.`,
      ],
    ),
  );

const hosts: {readonly [process in ForeignMessages['process']]: string} = {
  subject: 'the library under test',
  target: 'the scenario’s target',
  prepare: 'prepare()',
  verify: 'verify()',
};

const foreignMessages = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial}) =>
    trial.foreignMessages.map(
      ({process, count: sent}): Text => [
        `Code in the process of ${hosts[process]} (${trial.variant}, trial ${trial.number}) sent ${plural(sent, 'message')} by `,
        code('process.send'),
        ', which foulweather ignored.',
      ],
    ),
  );

const measurement = ({run}: RunStory): Text[] => [
  [
    'Response and settle times per phase are kept to three significant digits (an error of 0.1 %), those in the chart to two (1 %).',
  ],
  [
    'What had not settled when the load and the drain were over has no response time: hung and in-flight operations are counted, and not in the percentiles.',
  ],
  run.record.plan.target.kind === 'url'
    ? ['The target is not the harness’s own: what else it had to do is not known.']
    : [
        'Subject, injector and target share one machine: loopback has no loss, no reordering and next to no latency but what the faults add.',
      ],
];
