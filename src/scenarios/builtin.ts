// The scenarios that come with foulweather, by name: the first one, the case studies, and the pack.
import {fileURLToPath} from 'node:url';
import {pack} from './pack.ts';

/** foulweather's own files run as TypeScript from a checkout and as JavaScript from the package. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

const cases: Readonly<Record<string, string>> = {
  'undici-stall':
    "undici's Pool: default time-outs against bounded ones, while the server stalls, resets and refuses",
  'case-exact-buffers':
    "case study: @azure/storage-blob's uploadStream takes 8 MiB for each body of 16 KiB, until it is told the size",
  'case-thread-pool':
    'case study: piscina runs tasks that wait on the network on as many threads as there are CPUs, until it is told more',
  'case-never-trust-defaults':
    'case study: rhea takes in whatever the broker has, until it runs out of memory; a window of credit ends it',
  'case-never-trust-defaults-near':
    'the case study of case-never-trust-defaults on a network of 5 ms, which the default meets alive',
  'case-never-trust-defaults-far':
    'the case study of case-never-trust-defaults on a network of 40 ms, which needs a larger window',
  'case-exact-buffers-azurite': 'the case study of case-exact-buffers against a real server, Azurite',
  'case-thread-pool-odbc':
    'case study: odbc runs queries of a real MariaDB on the 4 threads that Node has, until it is told more',
  'case-never-trust-defaults-rabbitmq':
    'case study: amqplib takes in whatever a real RabbitMQ has, until it runs out of memory; a prefetch ends it',
};

type Builtin = {readonly name: string; readonly folder: 'builtin' | 'pack'; readonly summary: string};

const builtins: readonly Builtin[] = [
  ...Object.entries(cases).map(([name, summary]): Builtin => ({name, folder: 'builtin', summary})),
  ...pack.map(({name, summary}): Builtin => ({name, folder: 'pack', summary})),
];

/** The result of a case study is a ratio, which one trial does not have: by default it makes five trials of each variant. */
const caseTrials = 5;

export const builtinNames: readonly string[] = builtins.map(({name}) => name);

export type BuiltinSummary = {readonly name: string; readonly summary: string; readonly trials: number};

/** `trials` per variant, where the user asks for no number. */
export const describeBuiltins = (): readonly BuiltinSummary[] =>
  builtins.map(({name, summary}) => ({name, summary, trials: name.startsWith('case-') ? caseTrials : 1}));

/** The file of a built-in scenario, or null where there is none of that name. */
export const builtinFile = (name: string): string | null => {
  const builtin = builtins.find(candidate => candidate.name === name);
  if (!builtin) return null;
  return fileURLToPath(new URL(`${builtin.folder}/${name}.${extension}`, import.meta.url));
};
