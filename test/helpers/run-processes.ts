// Watches the processes of one run, and the ports on which they listen, through /proc: they carry a mark in their environment.
import {randomUUID} from 'node:crypto';
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {until} from './run-until.ts';

const variable = 'FOULWEATHER_TEST';
const lookEveryMs = 100;
/** A process that was just forked still has its parent's environment, on a busy machine for more than a moment. */
const looksBeforeForeign = 20;

const orNothing = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    // The process has ended in the meantime.
    return null;
  }
};

/** A zombie has ended; it only waits for its parent to notice. */
const isAlive = (pid: number, startTicks: string): boolean => {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields !== undefined && fields[0] !== 'Z' && fields[19] === startTicks;
};

const startTicksOf = (pid: number): string | undefined => {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
};

const socketsOf = (pid: number): string[] => {
  const descriptors = orNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.flatMap(descriptor => {
    const link = orNothing(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) ?? '';
    return /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [];
  });
};

/** Port by the inode of the socket, of all that listen on this machine. */
const listening = (): Map<string, number> => {
  const rows = ['tcp', 'tcp6'].flatMap(name =>
    (orNothing(() => readFileSync(`/proc/net/${name}`, 'latin1')) ?? '').trim().split('\n').slice(1),
  );
  const fields = rows.map(row => row.trim().split(/\s+/)).filter(row => row[3] === '0A');
  return new Map(fields.map(row => [row[9]!, Number.parseInt(row[1]!.split(':')[1]!, 16)]));
};

export type Remains = {readonly processes: readonly string[]; readonly ports: readonly number[]};

export class ProcessWatch {
  readonly #mark = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  /** Command line by process id and start. */
  readonly #seen = new Map<string, string>();
  /** Inodes of their sockets; which of them listened is asked at the end. */
  readonly #sockets = new Set<string>();

  /** How often a process id was seen that is not of this run. */
  readonly #foreign = new Map<number, number>();

  /** Notes what there is from now on: for those who want to know of ports, and of processes that have ended. */
  start(): void {
    this.#timer = setInterval(() => this.look(), lookEveryMs);
  }

  /** The environment that all processes of the run must be given. */
  get environment(): {readonly [name: string]: string} {
    return {[variable]: this.#mark};
  }

  get seenCount(): number {
    return this.#seen.size;
  }

  /** How many processes with such a command line there have been. */
  seenOf(command: RegExp): number {
    return [...this.#seen.values()].filter(seen => command.test(seen)).length;
  }

  /** Until a process with such a command line has been there. */
  async untilSeen(command: RegExp): Promise<void> {
    await until(() => this.seenOf(command) > 0, 60_000, String(command));
  }

  /** Ends, as the kernel might, the process with such a command line. */
  killOne(command: RegExp): void {
    this.signalOne(command, 'SIGKILL');
  }

  signalOne(command: RegExp, signal: NodeJS.Signals): void {
    const found = this.alive().filter(line => command.test(line));
    if (found.length !== 1) throw new Error(`not one but ${found.length} of ${command}`);
    process.kill(Number.parseInt(found[0]!, 10), signal);
  }

  /** Command lines of the processes that are there now. */
  alive(): string[] {
    this.look();
    return [...this.#seen].flatMap(([key, command]) => {
      const [pid, startTicks] = key.split(' ');
      return isAlive(Number(pid), startTicks!) ? [`${pid} ${command}`] : [];
    });
  }

  look(): void {
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (!(pid > 1) || pid === process.pid) continue;
      const looks = this.#foreign.get(pid) ?? 0;
      if (looks >= looksBeforeForeign) continue;
      const environment = orNothing(() => readFileSync(`/proc/${pid}/environ`, 'latin1'));
      if (!environment?.includes(`${variable}=${this.#mark}`)) {
        this.#foreign.set(pid, looks + 1);
        continue;
      }
      const startTicks = startTicksOf(pid);
      const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      if (startTicks === undefined || command === null) continue;
      this.#seen.set(`${pid} ${startTicks}`, command.replaceAll('\0', ' '));
      for (const socket of socketsOf(pid)) this.#sockets.add(socket);
    }
  }

  /** What is left of the run: nothing, if it is as it should be. It waits for it, at most `limitMs`. */
  async remains(limitMs = 30_000): Promise<Remains> {
    clearInterval(this.#timer);
    const look = (): Remains => {
      const open = listening();
      const ports = [...this.#sockets].map(socket => open.get(socket)).filter(port => port !== undefined);
      return {processes: this.alive(), ports};
    };
    const isNothing = ({processes, ports}: Remains): boolean => processes.length === 0 && ports.length === 0;
    await until(() => isNothing(look()), limitMs).catch(() => {});
    return look();
  }
}
