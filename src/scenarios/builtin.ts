// The scenarios that come with foulweather, by name: the first one, the case studies, and the pack.
import {entryFile} from '../model/own-files.ts';
import type {ServiceName} from '../model/service.ts';
import {type Language, type Needs, pack} from './pack.ts';

/** Where a newcomer looks first, and where one finds what. */
export type BuiltinGroup = 'start' | 'case' | 'library' | Exclude<Language, 'javascript'> | 'inside';

export type Builtin = {
  readonly name: string;
  readonly summary: string;
  readonly group: BuiltinGroup;
  /** Of the library. */
  readonly language: Language;
  readonly needs: Needs;
  /** Per variant, where the user asks for no number. */
  readonly trials: number;
};

/** The result of a case study is a ratio, which one trial does not have: by default it makes five trials of each variant. */
const caseTrials = 5;

const caseStudy = (
  name: string,
  summary: string,
  packages: readonly string[],
  service: ServiceName | null = null,
  language: Language = 'javascript',
): Builtin => ({
  name,
  summary,
  group: 'case',
  language,
  needs: {packages, service},
  trials: caseTrials,
});

export const builtins: readonly Builtin[] = [
  {
    name: 'undici-stall',
    summary: "undici's Pool with default and with bounded timeouts: the server stalls, resets and refuses",
    group: 'start',
    language: 'javascript',
    needs: {packages: [], service: null},
    trials: 1,
  },
  caseStudy(
    'case-exact-buffers',
    '@azure/storage-blob: uploadStream allocates 8 MiB for each 16 KiB body unless it knows the size',
    ['@azure/storage-blob'],
  ),
  caseStudy('case-thread-pool', 'piscina: tasks that wait for the network need more threads than CPUs', [
    'piscina',
  ]),
  caseStudy(
    'case-never-trust-defaults',
    'rhea: buffers everything the broker sends until memory runs out; a credit window fixes it',
    ['rhea'],
  ),
  caseStudy('case-never-trust-defaults-near', 'the same at 5 ms of latency, which the default survives', [
    'rhea',
  ]),
  caseStudy('case-never-trust-defaults-far', 'the same at 40 ms of latency, which needs a larger window', [
    'rhea',
  ]),
  caseStudy(
    'case-exact-buffers-azurite',
    'case-exact-buffers against a real server',
    ['@azure/storage-blob'],
    'azurite',
  ),
  caseStudy(
    'case-thread-pool-odbc',
    "odbc: queries share Node's 4 threads; a larger pool fixes it",
    ['odbc'],
    'mariadb',
  ),
  caseStudy(
    'case-never-trust-defaults-rabbitmq',
    'amqplib: buffers everything the broker sends until memory runs out; a prefetch fixes it',
    ['amqplib'],
    'rabbitmq',
  ),
  caseStudy(
    'case-thread-pool-java',
    'Java: lookups that block on the network need more threads than CPUs',
    [],
    null,
    'java',
  ),
  caseStudy(
    'case-never-trust-defaults-java',
    "RabbitMQ's Java client: takes everything the broker sends until the heap is full; a prefetch fixes it",
    ['amqplib'],
    'rabbitmq',
    'java',
  ),
  ...pack.map(
    ({name, summary, kind, language, needs}): Builtin => ({
      name,
      summary,
      group: language === 'javascript' ? kind : language,
      language,
      needs,
      trials: 1,
    }),
  ),
];

export const builtinNames: readonly string[] = builtins.map(({name}) => name);

/** The file of a built-in scenario, or null where there is none of that name. */
export const builtinFile = (name: string): string | null => {
  const builtin = builtins.find(candidate => candidate.name === name);
  if (!builtin) return null;
  const folder = builtin.group === 'start' || builtin.group === 'case' ? 'builtin' : 'pack';
  return entryFile(`scenarios/${folder}/${name}`);
};
