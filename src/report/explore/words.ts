// What a search found, in sentences; and the scenario that shows it again.
import type {ConversationGroup} from '../../explore/conversations.ts';
import type {Cut, MomentStrike, Strike} from '../../explore/episodes.ts';
import type {Exploration, ExploredFinding} from '../../explore/exploration.ts';
import {leakCycles, type Signal} from '../../explore/search.ts';
import {type SaidStrike, textOf} from '../../explore/spoken.ts';
import type {Fault} from '../../model/fault.ts';
import {made} from '../../model/fault-defaults.ts';
import type {Load, Phase, Plan, ProgramPlan} from '../../model/plan.ts';
import type {SymptomId} from '../../model/symptoms.ts';

const connectTexts = {
  refused: 'connection attempts are refused for half a second',
  'syn-unanswered': 'connection attempts go unanswered',
  'accepted-and-closed': 'new connections are closed as soon as they are accepted, for half a second',
  flapping: 'new connections are reset soon after they open, for half a second',
  'accepted-and-silent': 'new connections are accepted and never answered',
} as const;

const actionTexts = {
  close: ['is closed (FIN)', 'are closed (FIN)'],
  reset: ['is reset (RST)', 'are reset (RST)'],
  silence: ['falls silent', 'fall silent'],
  'half-open': ['is lost without notice', 'are lost without notice'],
  'silence-then-close': [
    'falls silent and is closed a little later',
    'fall silent and are closed a little later',
  ],
} as const;

const cutTexts: {readonly [cut in Cut]: string} = {
  before: 'before',
  within: 'in the middle of',
  after: 'after',
};
const ordinals = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];
const ordinal = (number: number): string => ordinals[number] ?? `${number}th`;

/** `a new connection is closed (FIN) after its second reply (96 bytes)`. */
export const strikeText = (strike: Strike, groups: readonly ConversationGroup[]): string => {
  if (strike.kind === 'live') return 'all open connections are closed (FIN)';
  if (strike.kind === 'connect') return connectTexts[strike.action];
  if (strike.kind === 'said') return saidText(strike);
  const {action, cut, connections, position, since} = strike;
  const [one, several] = actionTexts[action];
  const kind = since === 'connect' ? 'new connection' : 'connection';
  const isOne = connections === 'first';
  const subject =
    position > 1
      ? `the ${ordinal(position)} ${kind}`
      : {first: `a ${kind}`, two: `two ${kind}s`, all: `for half a second all ${kind}s`}[connections];
  const place = placeText(strike, isOne ? 'its' : 'their', groups);
  return `${subject} ${isOne ? one : several} ${cutTexts[cut]} ${place}`;
};

/** `the server answers one command with READONLY (You can't write against a read only replica)`. */
const saidText = (strike: SaidStrike): string => {
  const {speech, error, when, action, connections} = strike;
  const isAll = connections === 'all';
  const isStatus = speech === 'http' || speech === 'http2' || speech === 'grpc';
  const command = isStatus ? 'request' : 'command';
  const asked = {
    command: isAll ? `every ${command}` : `one ${command}`,
    connect: isAll ? 'every new connection' : 'a new connection',
    unasked: isAll ? 'all connections' : 'a connection',
  }[when];
  const howLong = isAll ? ' for half a second' : '';
  if (action === 'withheld') return `the server does not answer ${asked}${howLong}`;
  const text = textOf(strike);
  const said = `${isStatus ? 'status ' : ''}${error}${text === '' ? '' : ` (${text})`}`;
  return when === 'unasked'
    ? `the server says ${said} on ${asked}`
    : `the server answers ${asked} with ${said}${howLong}`;
};

const placeText = (
  {since, exchange, direction}: MomentStrike,
  whose: 'its' | 'their',
  groups: readonly ConversationGroup[],
): string => {
  const what = direction === 'upstream' ? 'request' : 'reply';
  if (since === 'fault') return `${whose} next ${what}`;
  const known = groups.find(({exchanges}) => exchanges[exchange - 1]?.direction === direction);
  const same = known?.exchanges.slice(0, exchange).filter(one => one.direction === direction).length;
  const bytes = known?.exchanges[exchange - 1]?.bytes;
  const size = bytes === undefined ? '' : ` (${bytes} ${bytes === 1 ? 'byte' : 'bytes'})`;
  return `${whose} ${ordinal(same ?? Math.ceil(exchange / 2))} ${what}${size}`;
};

const results: {readonly [symptom in SymptomId]?: string} = {
  'wedged-client': 'the client never recovers, although a fresh one gets through',
  'orphaned-operation': 'operations never settle, although others succeed again',
  'silent-consumer': 'deliveries stop for good, without an error',
  'process-crash': 'the process crashes',
  'out-of-memory': 'the process runs out of memory',
  'unhandled-rejection': 'a promise rejection goes unhandled',
  'crossed-response': 'an operation receives the response of another one',
  'lost-acknowledged': 'acknowledged operations are lost',
  'duplicate-effect': 'operations take effect twice',
  reordered: 'operations take effect in another order',
  'swallowed-error': 'an error is reported as a success',
  'truncation-accepted': 'a truncated response is accepted as complete',
  'hung-operation': 'operations hang well past their deadline',
  'slow-recovery': 'operations keep failing long after the fault, although others succeed again',
  'close-hangs': 'close() does not return, or the process does not exit',
  'pool-slot-leak': 'the pool loses connections for good',
  'connection-leak': 'unused connections stay open',
  'listener-leak': 'event listeners pile up',
  'memory-growth': 'the heap grows and does not shrink again',
};

/** What looked wrong of an episode, where nothing more is known. */
export const signalTexts: {readonly [signal in Signal]: string} = {
  stuck: 'nothing succeeded afterwards',
  pending: 'operations did not settle afterwards',
  crash: 'the process ended',
  rejection: 'unhandled rejection',
  crossed: 'a wrong response',
  lost: 'acknowledged, but lost',
  duplicate: 'took effect twice',
  reordered: 'took effect in another order',
  truncated: 'a truncated response',
  swallowed: 'an error was reported as a success',
  hung: 'operations hung',
  close: 'close() took too long',
  leak: 'connections or listeners piled up',
};

export const resultText = ({symptom, error}: Pick<ExploredFinding, 'symptom' | 'error'>): string =>
  `${results[symptom] ?? symptom}${error === null ? '' : ` (${error})`}`;

/** `When …, the client never recovers, although a fresh one gets through: 3 of 3 tries.` */
export const findingText = (finding: ExploredFinding, groups: readonly ConversationGroup[]): string => {
  const once = finding.strikes.map(strike => strikeText(strike, groups)).join(', and then ');
  const when = finding.proving === 'repeated' ? `${once}, ${leakCycles} times in a row` : once;
  const {shownCount, triedCount} = finding;
  const tries = `${shownCount} of ${triedCount} ${triedCount === 1 ? 'try' : 'tries'}`;
  return `When ${when}, ${resultText(finding)}: ${tries}.${elsewhereText(finding)}`;
};

/** Others are tried once: of what does not always show that proves little. */
const elsewhereText = ({elsewhere, shownCount, triedCount}: ExploredFinding): string => {
  const not = shownCount === triedCount ? 'does not show it' : 'did not show it in one try';
  return elsewhere.map(({variant, isShown}) => ` ${variant} ${isShown ? 'shows it as well' : not}.`).join('');
};

export type ReproducerOptions = {
  readonly finding: ExploredFinding;
  readonly exploration: Exploration;
  readonly phases: readonly Phase[];
  readonly load: Load;
  readonly base: ReproducerBase;
  /** What runs the library, with the way from the reproducer to its folder; null for JavaScript. */
  readonly program: ProgramPlan | null;
};

/** What a reproducer is made on top of. */
export type ReproducerBase =
  | {
      readonly kind: 'scenario';
      /** The user's scenario, as the reproducer imports it. */
      readonly importPath: string;
      /** Of the scenario; null: its first. */
      readonly variantName: string | null;
      readonly isTypescript: boolean;
    }
  /** A program alone: foulweather made its scenario. */
  | ({readonly kind: 'program'} & Pick<Plan, 'target' | 'variants' | 'operation'>);

export const reproducerName = ({id, symptom}: ExploredFinding, scenario: string): string =>
  `${scenario}-${symptom}-${id}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/-+$/, '')
    .slice(0, 63)
    .replace(/-+$/, '');

export const showsMark = '// Shows:';

export const reproducerText = (options: ReproducerOptions): string => {
  const {finding, exploration, phases, load, base, program} = options;
  const sentence = findingText(finding, exploration.groups);
  const imported = [
    ...new Set(finding.faults.map(({kind}) => kind)),
    'defineScenario',
    ...(program === null ? [] : ['program']),
  ];
  return [
    `// ${sentence}`,
    `// Found by \`${exploration.command}\` on ${exploration.startedAt.slice(0, 10)}.`,
    `${showsMark} ${finding.symptom}`,
    `import {${imported.sort().join(', ')}} from 'foulweather';`,
    ...(base.kind === 'scenario' ? [`import scenario from '${base.importPath}';`] : []),
    '',
    'export default defineScenario({',
    ...(base.kind === 'scenario' ? ['  ...scenario,'] : []),
    `  name: '${reproducerName(finding, exploration.scenario)}',`,
    `  observation: ${quoted(sentence)},`,
    ...(base.kind === 'scenario' ? [variantLine(base)] : ownLines(base)),
    `  load: ${literal(load)},`,
    '  phases: [',
    ...phases.map(phase => `    ${phaseText(phase)},`),
    '  ],',
    '  cycles: 1,',
    '  goals: {},',
    ...(program === null ? [] : [`  subject: program(${literal(program)}),`]),
    '});',
    '',
  ].join('\n');
};

const variantLine = ({
  variantName: name,
  isTypescript,
}: Extract<ReproducerBase, {kind: 'scenario'}>): string => {
  const variant =
    name === null
      ? 'scenario.variants[0]'
      : `scenario.variants.find(({name}) => name === '${name}')${isTypescript ? '!' : ''}`;
  return `  variants: [${variant}],`;
};

const ownLines = ({
  target,
  variants: [{name, options}],
  operation: {deadlineMs, idempotent},
}: Extract<ReproducerBase, {kind: 'program'}>): readonly string[] => [
  `  target: ${literal(target)},`,
  `  variants: [${literal({name, options})}],`,
  `  operation: ${literal({deadlineMs, idempotent})},`,
];

const phaseText = ({name, role, durationMs, faults}: Phase): string => {
  const those = faults.length === 0 ? '' : `, faults: [${faults.map(faultText).join(', ')}]`;
  return `{name: '${name}', role: '${role}', durationMs: ${durationMs}${those}}`;
};

/** Without what is the default. */
const faultText = (fault: Fault): string => {
  const defaults = made(fault.kind, {}) as {readonly [name: string]: unknown};
  const given = Object.entries(fault).filter(([name, value]) => name !== 'kind' && defaults[name] !== value);
  return `${fault.kind}(${given.length === 0 ? '' : literal(Object.fromEntries(given))})`;
};

const literal = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${/^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name)}: ${literal(item)}`)
    .join(', ')}}`;
};

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
