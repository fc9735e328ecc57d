// A network of the run's own: with packet or DNS faults, all processes of a run are in one network namespace of Linux. Its rules
// affect nobody else, need no rights outside of it, and disappear with its last process.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readlinkSync} from 'node:fs';
import {FoulweatherError} from '../model/errors.ts';
import {isDnsFault, isPacketFault} from '../model/network-fault.ts';
import type {Plan} from '../model/plan.ts';
import {findProgram} from '../services/find-program.ts';
import type {RunOptions} from './run-options.ts';

const variable = 'FOULWEATHER_NAMESPACE';
const namesVariable = 'FOULWEATHER_NAMES';

/** Whether this process is in the namespace that was made for the run: anyone could set the variable, so it names the namespace. */
export const isInNamespace = (environment: NodeJS.ProcessEnv): boolean =>
  environment[variable] !== undefined && environment[variable] === ownNamespace();

const ownNamespace = (): string | null => {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return null;
  }
};

const hasFaults = ({phases}: Plan, isOne: (kind: string) => boolean): boolean =>
  phases.some(({faults}) => faults.some(({kind}) => isOne(kind)));

/** Whether the library gets a name instead of the target's address. */
export const hasDnsFaults = (plan: Plan): boolean => hasFaults(plan, isDnsFault);

const hasOwnNetwork = (plan: Plan): boolean => hasFaults(plan, isPacketFault) || hasDnsFaults(plan);

/** Whether the command has to be started again for this plan, by a `Launch`. */
export const needsNamespace = (plan: Plan, environment: NodeJS.ProcessEnv): boolean =>
  hasOwnNetwork(plan) && !isInNamespace(environment);

export const namespaceNeeded = (): FoulweatherError =>
  new FoulweatherError(
    'FW_NAMESPACE_NEEDED',
    'A run with packet or DNS faults needs its own network namespace, and this process is not in one.',
    'Start it from the command line, with `foulweather run`.',
  );

/** @throws FoulweatherError FW_FAULT_UNSUPPORTED on other systems, or if the run needs what is outside of its namespace */
export const refuseOutside = (
  plan: Plan,
  {environment, toxiproxyUrl, relay = null}: Pick<RunOptions, 'environment' | 'toxiproxyUrl' | 'relay'>,
  platform: NodeJS.Platform = process.platform,
): void => {
  const hasThem = hasOwnNetwork(plan);
  if (!hasThem && !isInNamespace(environment)) return;
  const refuse = (what: string, hint: string): never => {
    throw new FoulweatherError(
      'FW_FAULT_UNSUPPORTED',
      `Scenario "${plan.name}" ${hasThem ? 'has packet or DNS faults' : 'runs together with one that has packet or DNS faults'}, ${what}`,
      hasThem ? hint : `Run it in a separate command. Or: ${hint}`,
    );
  };
  if (platform !== 'linux') {
    refuse(`which need Linux; this is ${platform}.`, 'Run it on Linux, in a container or a virtual machine.');
  }
  const outside = (server: string): string =>
    `${hasThem ? 'so it runs' : 'that is,'} in a separate network namespace, where ${server} cannot be reached.`;
  if (toxiproxyUrl !== null) {
    refuse(
      outside(`the Toxiproxy at ${toxiproxyUrl}`),
      'Omit --toxiproxy: the built-in injector supports it.',
    );
  }
  if (plan.target.kind === 'url') {
    refuse(
      outside(`the server at ${hostOf(plan.target.url)}`),
      'Use --start-services, or a target that the scenario starts itself.',
    );
  }
  if (relay !== null) {
    refuse(
      outside(`the telemetry backend at ${hostOf(relay.endpoint)}`),
      'Omit --otlp-endpoint, or unset OTEL_EXPORTER_OTLP_ENDPOINT.',
    );
  }
};

/** Without what may be secret. */
const hostOf = (url: string): string => URL.parse(url)?.host ?? 'its address';

/** npm puts the programs of packages into PATH, and one of them is called `nft`, too. */
const systemProgram = (program: string, environment: NodeJS.ProcessEnv): string | null => {
  const folders = (environment['PATH'] ?? '').split(':').filter(folder => !folder.includes('node_modules'));
  return findProgram(program, [], {path: folders.join(':'), cwd: '/'});
};

/** A program, and its arguments before the command that it runs in a namespace. */
export type Launch = {readonly file: string; readonly args: readonly string[]};

/**
 * What a shell does first in a namespace, before it becomes the command:
 * - Packets get the size that they have on Ethernet: at most 1500 bytes, one segment each where the kernel can. On a usual loopback
 *   they have up to 64 KB, so that a lost packet would be a lost request.
 * - Every resolver asks the injector's name server: those that read resolv.conf, and those that nsswitch.conf or nscd would lead
 *   elsewhere. Where mounts are not allowed there are no DNS faults. Mounted files stay when their folder is removed.
 */
const enter = `
ip=$1
shift
"$ip" link set lo up mtu 1500 || exit
"$ip" link set lo gso_max_segs 1 2>/dev/null
unset ${namesVariable}
folder=$(mktemp -d) || exit
resolve() {
  echo 'nameserver 127.0.0.1' >"$folder/resolv" && mount --bind "$folder/resolv" /etc/resolv.conf || return
  if [ -e /etc/nsswitch.conf ]; then
    sed 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf >"$folder/nsswitch" || return
    mount --bind "$folder/nsswitch" /etc/nsswitch.conf || return
  fi
  [ ! -d /var/run/nscd ] || mount -t tmpfs tmpfs /var/run/nscd
}
resolve 2>/dev/null && export ${namesVariable}=1
rm -rf "$folder"
namespace=$(readlink /proc/self/ns/net) || exit
export ${variable}="$namespace"
exec "$@"
`;

/** Everything that faults need of the kernel. */
const ruleset = [
  'add table inet probe',
  'add set inet probe ports { type inet_service; flags dynamic; size 65535; }',
  'add chain inet probe input { type filter hook input priority 0; policy accept; }',
  'add rule inet probe input tcp dport 1 numgen random mod 100 < 1 add @ports { tcp sport } counter drop',
  'add rule inet probe input tcp dport 1 meta length > 1400 counter reject with icmp type host-unreachable',
].join('\n');

/** Root needs no user namespace. Other users keep their own id in theirs, so that servers that refuse to run as root start. */
const spaces = ['--net', '--mount'];
const asUser = ['--user', '--map-current-user', '--keep-caps', ...spaces];

/** By program. */
const packages: Readonly<Record<string, string>> = {unshare: 'util-linux', ip: 'iproute2', nft: 'nftables'};

const tryLimitMs = 30_000;

/**
 * How a command is started in its own namespace. It is tried first.
 * @param find where a program is; null: it is not installed
 * @throws FoulweatherError FW_NAMESPACE_REFUSED if this machine does not allow it, with the setting that would
 */
export const namespaceLaunch = (environment: NodeJS.ProcessEnv, find = systemProgram): Launch => {
  const found = (program: string): string => {
    const path = find(program, environment);
    if (path !== null) return path;
    throw refused(`the program ${program} was not found`, `Install the package ${packages[program]}.`);
  };
  const [unshare, ip, nft] = [found('unshare'), found('ip'), found('nft')];
  let problem = '';
  const isRoot = process.getuid?.() === 0;
  for (const flags of isRoot ? [spaces, asUser] : [asUser]) {
    const argsOf = (script: string): string[] => [...flags, '--', '/bin/sh', '-c', script, 'sh', ip];
    const tried = spawnSync(unshare, [...argsOf(enter), nft, ruleset], {
      encoding: 'utf8',
      env: {...environment, LC_ALL: 'C'},
      timeout: tryLimitMs,
    });
    if (tried.status === 0) return {file: unshare, args: argsOf(enter)};
    problem ||= (tried.error?.message ?? tried.stderr).trim().split('\n').at(0) ?? '';
  }
  throw refused(problem, hintOf(problem, isRoot));
};

const refused = (problem: string, hint: string): FoulweatherError =>
  new FoulweatherError(
    'FW_NAMESPACE_REFUSED',
    `Packet and DNS faults need a network namespace of the run's own, which cannot be created here: ${problem}.`,
    hint,
  );

/** What disables namespaces, the value that does, and the setting that would allow them. */
const settings: readonly (readonly [file: string, off: string, on: string])[] = [
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=15000'],
  ['/proc/sys/user/max_net_namespaces', '0', 'user.max_net_namespaces=15000'],
];

/** Null if none of them is the cause. Those under `kernel` are about users other than root. */
const settingOf = (isRoot: boolean): string | null => {
  const those = settings.filter(([file]) => existsSync(file) && !(isRoot && file.includes('/kernel/')));
  return those.find(([file, off]) => readFileSync(file, 'utf8').trim() === off)?.[2] ?? null;
};

const hintOf = (problem: string, isRoot: boolean): string => {
  if (problem.includes('unrecognized option')) {
    return 'Install util-linux 2.36 or newer, or run foulweather as root.';
  }
  const setting = settingOf(isRoot);
  if (setting !== null) {
    return `Allow it with \`sudo sysctl -w ${setting}\`, or run foulweather as root.`;
  }
  if (!problem.startsWith('unshare')) {
    return 'The kernel must support nftables, with the modules nf_tables, nft_numgen and nft_reject_inet.';
  }
  if (existsSync('/.dockerenv')) {
    return 'Start the container with --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt apparmor=unconfined.';
  }
  return 'Allow unprivileged user namespaces, or run foulweather as root, with the capabilities SYS_ADMIN and NET_ADMIN.';
};

/** The program that sets rules on packets, in a run's namespace; null elsewhere. */
export const packetProgram = (environment: NodeJS.ProcessEnv): string | null =>
  isInNamespace(environment) ? systemProgram('nft', environment) : null;

/**
 * Whether the injector must answer DNS queries.
 * @throws FoulweatherError FW_NAMESPACE_REFUSED if resolvers cannot be made to ask it
 */
export const answersNames = (plan: Plan, environment: NodeJS.ProcessEnv): boolean => {
  if (!hasDnsFaults(plan) || !isInNamespace(environment)) return false;
  if (environment[namesVariable] === '1') return true;
  throw refused(
    '/etc/resolv.conf cannot be replaced in it',
    'Allow mounts in user namespaces, or run foulweather as root.',
  );
};
