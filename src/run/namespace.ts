// A network of the run's own: with faults on packets, all processes of a run are in one network namespace of Linux. Its rules
// reach nobody else, need no rights outside of it, and are gone with its last process.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, readlinkSync} from 'node:fs';
import {FoulweatherError} from '../model/errors.ts';
import {isNameFault, isPacketFault} from '../model/fault.ts';
import type {FaultKind} from '../model/fault-defaults.ts';
import type {Plan} from '../model/plan.ts';
import {findProgram} from '../services/find-program.ts';
import type {RunOptions} from './run-options.ts';

const variable = 'FOULWEATHER_NAMESPACE';
const namesVariable = 'FOULWEATHER_NAMES';

/** The variable could be anybody's: it names the namespace that was made for the run. */
export const isInNamespace = (environment: NodeJS.ProcessEnv): boolean =>
  environment[variable] !== undefined && environment[variable] === ownNamespace();

const ownNamespace = (): string | null => {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return null;
  }
};

const hasFaults = ({phases}: Plan, isOne: (kind: FaultKind) => boolean): boolean =>
  phases.some(({faults}) => faults.some(({kind}) => isOne(kind)));

/** Whether the library gets the target's address as a name, which faults act on. */
export const hasNameFaults = (plan: Plan): boolean => hasFaults(plan, isNameFault);

const hasOwnNetwork = (plan: Plan): boolean => hasFaults(plan, isPacketFault) || hasNameFaults(plan);

/** Whether the run of this plan has to be started anew, by a `Launch`. */
export const needsNamespace = (plan: Plan, environment: NodeJS.ProcessEnv): boolean =>
  hasOwnNetwork(plan) && !isInNamespace(environment);

export const namespaceNeeded = (): FoulweatherError =>
  new FoulweatherError(
    'FW_NAMESPACE_NEEDED',
    'A run with faults of packets or names takes place in a network namespace of its own, and this process is not in one.',
    'Start it by the command line: foulweather run.',
  );

/** @throws FoulweatherError FW_FAULT_UNSUPPORTED where the run would need what is outside of its namespace */
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
      `Scenario "${plan.name}" ${hasThem ? 'has faults of packets or names, ' : ''}${what}`,
      hint,
    );
  };
  if (platform !== 'linux') {
    refuse(`which need Linux; this is ${platform}.`, 'Run it on Linux, in a container or a virtual machine.');
  }
  const outside = (server: string): string =>
    `${hasThem ? 'so it runs' : 'runs'} in a network namespace of its own, where ${server} cannot be reached.`;
  if (toxiproxyUrl !== null) {
    refuse(
      outside(`the Toxiproxy at ${toxiproxyUrl}`),
      'Omit --toxiproxy: the built-in injector supports it.',
    );
  }
  if (plan.target.kind === 'url') {
    refuse(
      outside(`the server at ${hostOf(plan.target.url)}`),
      'Use --start-services, or a target that the scenario starts.',
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

/** npm puts the programs of packages into PATH, of which one is another `nft`. */
const systemProgram = (program: string, environment: NodeJS.ProcessEnv): string | null => {
  const folders = (environment['PATH'] ?? '').split(':').filter(folder => !folder.includes('node_modules'));
  return findProgram(program, [], {path: folders.join(':'), cwd: '/'});
};

/** A program, and the arguments that come before the command that it is to run in a namespace. */
export type Launch = {readonly file: string; readonly args: readonly string[]};

/**
 * What is done first in a namespace, by a shell that then becomes the command:
 * - Packets as on Ethernet: at most 1500 bytes, and each one a packet of its own, where the kernel can. The loopback's own are of
 *   up to 64 KB, and a lost one would be a lost request.
 * - Every resolver asks the injector's name server: those that read resolv.conf, and those that nsswitch.conf or nscd would lead
 *   elsewhere. Where mounts are not allowed there are no faults of names. A mounted file stays when its folder is removed.
 */
const enter = `
ip=$1
shift
"$ip" link set lo up mtu 1500 || exit
"$ip" link set lo gso_max_segs 1 2>/dev/null
folder=$(mktemp -d)
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

/** All that faults ask of the kernel. */
const ruleset = [
  'add table inet probe',
  'add set inet probe ports { type inet_service; flags dynamic; size 65535; }',
  'add chain inet probe input { type filter hook input priority 0; policy accept; }',
  'add rule inet probe input tcp dport 1 numgen random mod 100 < 1 add @ports { tcp sport } counter drop',
  'add rule inet probe input tcp dport 1 meta length > 1400 counter reject with icmp type host-unreachable',
].join('\n');

/** Root needs no user namespace; another user keeps its own id in one, so that servers which refuse root start as ever. */
const spaces = ['--net', '--mount'];
const asUser = ['--user', '--map-current-user', '--keep-caps', ...spaces];

/**
 * How a command is started in a namespace of its own. It is tried before it is answered.
 * @throws FoulweatherError FW_NAMESPACE_REFUSED where this machine does not allow it, with the setting that would
 */
export const namespaceLaunch = (environment: NodeJS.ProcessEnv): Launch => {
  const find = (program: string): string => {
    const path = systemProgram(program, environment);
    if (path !== null) return path;
    throw refused(`there is no program ${program}`, 'Install util-linux, iproute2 and nftables.');
  };
  const [unshare, ip, nft] = [find('unshare'), find('ip'), find('nft')];
  let problem = '';
  const isRoot = process.getuid?.() === 0;
  for (const flags of isRoot ? [spaces, asUser] : [asUser]) {
    const argsOf = (script: string): string[] => [...flags, '--', '/bin/sh', '-c', script, 'sh', ip];
    const tried = spawnSync(unshare, [...argsOf(enter), nft, ruleset], {encoding: 'utf8', env: environment});
    if (tried.status === 0) return {file: unshare, args: argsOf(enter)};
    problem ||= (tried.error?.message ?? tried.stderr).trim().split('\n').at(0) ?? '';
  }
  throw refused(problem, hintOf(settingOf(isRoot), existsSync('/.dockerenv')));
};

const refused = (problem: string, hint: string): FoulweatherError =>
  new FoulweatherError(
    'FW_NAMESPACE_REFUSED',
    `The run needs a network namespace of its own for its faults, and cannot have one: ${problem}.`,
    hint,
  );

/** What switches user namespaces off, by its value, and what would switch them on. */
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

/** Null where none is to blame. Those of the kernel are for users other than root. */
const settingOf = (isRoot: boolean): string | null => {
  const those = settings.filter(([file]) => existsSync(file) && !(isRoot && file.includes('/kernel/')));
  return those.find(([file, off]) => readFileSync(file, 'utf8').trim() === off)?.[2] ?? null;
};

const hintOf = (setting: string | null, isInDocker: boolean): string => {
  if (setting !== null) return `Allow it by \`sudo sysctl -w ${setting}\`, or run foulweather as root.`;
  if (isInDocker)
    return 'Start the container with --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt apparmor=unconfined.';
  return 'Allow unprivileged user namespaces, or run foulweather as root, with the capabilities SYS_ADMIN and NET_ADMIN.';
};

/** The program that sets rules on packets, inside of a run's namespace; elsewhere null. */
export const packetProgram = (environment: NodeJS.ProcessEnv): string | null =>
  isInNamespace(environment) ? systemProgram('nft', environment) : null;

/** Whether the injector is to answer queries for names. Without a way to it there is no run. */
export const answersNames = (plan: Plan, environment: NodeJS.ProcessEnv): boolean => {
  if (!hasNameFaults(plan) || !isInNamespace(environment)) return false;
  if (environment[namesVariable] === '1') return true;
  throw refused(
    'this machine does not allow it to replace /etc/resolv.conf',
    'Allow mounts in it, or run foulweather as root.',
  );
};
