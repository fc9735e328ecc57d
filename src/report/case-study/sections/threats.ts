// Threats to validity: what may be wrong with these figures, and what was not seen.
import type {ForeignMessages} from '../../../model/event.ts';
import {isMostlyDropped} from '../../../model/run.ts';
import {isFirstUnderWay} from '../../../model/trial.ts';
import {machineFacts, plannedTrials, roundsText} from '../../blocks/shards.ts';
import {code, list, type Section, strong, type Text} from '../../document.ts';
import {count, duration, listed, microseconds, percent, plural} from '../../format.ts';
import type {JudgedTrial, RunStory} from '../run-story.ts';

export const threatsSection = (story: RunStory): Section => ({
  id: 'threats-to-validity',
  title: 'Threats to validity',
  blocks: [
    list([
      ...gates(story),
      ...trialCount(story),
      ...machines(story),
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
  const planned = plannedTrials(run.record);
  if (trials < planned) return [[`${count(trials)} of ${plural(planned, 'trial')} per variant completed.`]];
  if (trials >= 5)
    return [
      [
        `${plural(trials, 'trial')} per variant, interleaved, each in its own process, with its own target and injector where the harness provides them. One telemetry receiver serves all trials${run.record.merged ? ' of a shard' : ''}.`,
      ],
      ...(run.record.precision
        ? [['Trials were added until the interval was narrow enough, which makes it slightly too narrow.']]
        : []),
    ];
  return [
    [
      `${plural(trials, 'trial')} per variant: enough to show what must never happen, too few to show how much figures vary between runs.`,
    ],
  ];
};

/** What a run has of several machines. */
const machines = ({run: {record}, variants}: RunStory): Text[] => {
  const {shard, merged} = record;
  if (shard) {
    return [
      [
        `This is shard ${shard.index} of ${shard.count}: its verdict is about ${roundsText(shard.rounds)} of each variant. The whole run has ${plural(record.trialsPerVariant, 'trial')} per variant.`,
      ],
    ];
  }
  if (!merged) return [];
  const differing = machineFacts(record).filter(({differs}) => differs);
  const runtimes = new Set(variants.flatMap(({trials}) => trials.flatMap(({trial}) => trial.runtime ?? [])));
  return [
    [
      `Merged from ${plural(merged.shards.length, 'shard')}; the trials of a pair always ran in the same one.`,
    ],
    ...(differing.length === 0
      ? []
      : [
          [
            `The machines of the shards differ. That affects figures and medians over trials, but not the ratios of pairs. ${differing.map(({name, text}) => `${name}: ${text}`).join('. ')}.`,
          ],
        ]),
    ...(runtimes.size > 1 ? [[`The subjects ran on ${listed([...runtimes])}.`]] : []),
  ];
};

const cost = (story: RunStory): Text[] => {
  const {calibration, merged} = story.run.record;
  const lags = trialsOf(story).flatMap(({judgement}) =>
    judgement.phases.flatMap(phase => phase.startLagP99Ms ?? []),
  );
  const lag: Text[] =
    lags.length === 0
      ? []
      : [
          [
            `In the worst phase, operations started ${duration(Math.max(...lags))} late (p99); response times include this.`,
          ],
        ];
  if (!calibration) return [["The harness's own cost was not measured."], ...lag];
  const {roundTripP50Ms} = calibration;
  const included =
    roundTripP50Ms === undefined
      ? 'CPU figures include it, and the cost of telemetry.'
      : `CPU figures are those of the program's processes: they include its kit and telemetry, but not the harness. The connection to the program adds about ${duration(roundTripP50Ms)} to each response time.`;
  return [
    [
      `The harness costs ${microseconds(calibration.cpuUsPerOperation)} of CPU time per operation${merged ? ', on the shard where it cost most' : ''}, measured over ${count(calibration.operationCount)} no-op operations (start lag p99 ${duration(calibration.startLagP99Ms)}). ${included}`,
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
        `In phase ${phase} (${trial.variant}, trial ${trial.number}) ${count(dropped)} of ${plural(offered, 'operation')} (${percent(dropped / offered)}) were not started, because maxInFlight was reached or the load ended first. Goals and symptoms of this phase are about the other ${count(started)}.`,
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
            'This injector (like a real Toxiproxy) does not record which fault hit which connection; hits are inferred from their effect.',
          ],
        ]
      : []),
    ...(trials.some(({trial}) => trial.ledger === null)
      ? [['The target kept no ledger: attempts, duplicates and lost operations were not observed.']]
      : []),
    ...(trials.some(({trial}) => trial.telemetry === null)
      ? [['No telemetry was received for some trials.']]
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
      first.settledMs === null ? 'and never did' : `and did so ${duration(first.settledMs)} into the trial`;
    const effect = isFirstUnderWay(trial)
      ? ', and what it holds cannot be distinguished from a leaked connection or pool slot'
      : '';
    return [
      [
        `The operation tried before the load (${variant}, trial ${number}) had not settled after ${duration(first.afterMs)}, ${later}. It is not counted${effect}.`,
      ],
    ];
  });

const steppedText = ({clockSteps, variant, number}: JudgedTrial['trial']): string | null =>
  clockSteps.length === 0
    ? null
    : `The wall clock was changed during ${variant}, trial ${number}, by up to ${duration(Math.max(...clockSteps.map(({offsetMs}) => Math.abs(offsetMs))))}. The harness does not depend on it, but spans and metrics do, so nothing is concluded from their times.`;

/** What the gates have not said already. */
const troubles = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial, judgement}) =>
    trial.troubles
      .filter(({message}) => !judgement.gates.some(({reason}) => reason.includes(message)))
      .map(
        (trouble): Text => [
          'The harness had a problem with ',
          code(trouble.what),
          ` (${trial.variant}, trial ${trial.number}, ${duration(trouble.atMs)}): `,
          code(trouble.message),
        ],
      ),
  );

/** Once for each variant: all of its trials load the same. */
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
        ' patched nothing in ',
        code(`${name} ${version}`),
        ' in ',
        code(variant.name),
        `, although it is registered (it supports ${supports}): the missing spans are not the library's fault.`,
      ],
    ),
  );

const hosts: {readonly [process in ForeignMessages['process']]: string} = {
  subject: 'the library under test',
  target: "the scenario's target",
  prepare: 'prepare()',
  verify: 'verify()',
};

const foreignMessages = (story: RunStory): Text[] =>
  trialsOf(story).flatMap(({trial}) =>
    trial.foreignMessages.map(
      ({process, count: sent}): Text => [
        `Code in the process of ${hosts[process]} (${trial.variant}, trial ${trial.number}) sent ${plural(sent, 'message')} with `,
        code('process.send'),
        ', which foulweather ignored.',
      ],
    ),
  );

const measurement = ({run}: RunStory): Text[] => [
  [
    'Response and settle times per phase are kept to three significant digits (an error of 0.1%), those in the charts to two (1%).',
  ],
  [
    'Operations that had not settled by the end of the drain have no response time: they are counted as hung or in flight, and are not in the percentiles.',
  ],
  run.record.plan.target.kind === 'url'
    ? ['The target is not part of the harness; what else it was doing is not known.']
    : [
        'Subject, injector and target share one machine: loopback has no loss, no reordering and almost no latency beyond what the faults add.',
      ],
];
