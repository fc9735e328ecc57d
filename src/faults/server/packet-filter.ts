// The rules of nftables on the packets of one proxy: what a proxy itself cannot do, since both of its connections end in it. Only in
// a network namespace of the run's own, whose loopback the proxy shares with its clients. A rule counts the packets that it hits,
// and keeps their clients' ports.

import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {wholeEpochMs} from '../../model/clock.ts';
import type {Witness} from './witness.ts';

const run = promisify(execFile);

/** What happens to packets of TCP from clients to a proxy (`upstream`), from it to them (`downstream`), or both. */
export type PacketRule = {
  readonly direction: string;
  /** Which of them, as an expression of nftables; empty: all. */
  readonly match: string;
  /** As a statement of nftables. */
  readonly verdict: string;
};

type Rule = {readonly table: string; readonly sinceMs: number; counted: number};

export type PacketFilterHost = {
  /** The program `nft`; null: there is no network namespace of one's own. */
  readonly nft: string | null;
  /** The proxy's, which clients connect to. */
  readonly port: () => number;
  readonly witness: Witness;
};

/** Of this process. Its number is in their names, too: an injector that crashed may have left tables in the namespace. */
let tables = 0;

export class PacketFilter {
  readonly #host: PacketFilterHost;
  readonly #rules = new Map<string, Rule>();
  #settled: Promise<void> = Promise.resolve();
  #counting: Promise<void> | null = null;

  constructor(host: PacketFilterHost) {
    this.#host = host;
  }

  /** Resolves when all rules that were asked for are in force, and no others. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** @param name the fault's, as the witness knows it */
  set(name: string, rule: PacketRule): void {
    this.#inTurn(name, async () => {
      const table = `foulweather_${process.pid}_${++tables}`;
      await this.#nft(scriptOf(table, this.#host.port(), rule));
      this.#rules.set(name, {table, sinceMs: wholeEpochMs(), counted: 0});
    });
  }

  /** Its packets are counted once more: none is hit after the count, and none before it is missed. */
  unset(name: string): void {
    this.#inTurn(name, async () => {
      const rule = this.#rules.get(name);
      if (rule === undefined) return;
      this.#rules.delete(name);
      await this.#nft(`flush chain inet ${rule.table} input`);
      await this.#read(new Map([[name, rule]]));
      await this.#nft(`delete table inet ${rule.table}`);
    });
  }

  /** Reads the counters of all rules. */
  async count(): Promise<void> {
    if (this.#rules.size === 0) return;
    this.#counting ??= this.#countInTurn();
    await this.#counting;
  }

  async #countInTurn(): Promise<void> {
    this.#inTurn(null, () => this.#read(this.#rules));
    await this.#settled;
    this.#counting = null;
  }

  async #read(rules: ReadonlyMap<string, Rule>): Promise<void> {
    if (rules.size === 0) return;
    const lists = [...rules.values()].map(({table}) => `list table inet ${table}`);
    const tallies = talliesOf(await this.#nft(lists.join('; ')));
    for (const [name, rule] of rules) {
      const {packets, ports} = tallies.get(rule.table) ?? {packets: 0, ports: []};
      this.#host.witness.metPackets(name, packets - rule.counted, {ports, sinceMs: rule.sinceMs});
      rule.counted = packets;
    }
  }

  async #nft(script: string): Promise<string> {
    // As an argument: with JSON asked for, nft reads its standard input as JSON.
    const {nft} = this.#host;
    if (nft === null) throw new Error('rules on packets need a network namespace of the run');
    const {stdout} = await run(nft, ['--json', script]);
    return stdout;
  }

  /** One after the other. A failure is reported as a failed fault, which makes a run inconclusive. */
  #inTurn(name: string | null, act: () => Promise<void>): void {
    this.#settled = this.#settled.then(act).catch((error: unknown) => this.#host.witness.failed(name, error));
  }
}

/** Drops all packets to these addresses, for as long as the namespace exists. An earlier injector may have done so already. */
export const silence = async (nft: string, addresses: string): Promise<void> => {
  const table = 'inet foulweather_silence';
  await run(nft, [
    [
      `add table ${table}`,
      `delete table ${table}`,
      `add table ${table}`,
      `add chain ${table} input { type filter hook input priority 0; policy accept; }`,
      `add rule ${table} input ip daddr ${addresses} drop`,
    ].join('\n'),
  ]);
};

/** On the input hook, as a packet that gets lost on its way: on the output hook, the sender's kernel would be told. */
const scriptOf = (table: string, port: number, {direction, match, verdict}: PacketRule): string => {
  const ruleOf = (own: 'dport' | 'sport', clients: 'sport' | 'dport') =>
    `add rule inet ${table} input tcp ${own} ${port} ${match} add @ports { tcp ${clients} } counter name hits ${verdict}`;
  return [
    `add table inet ${table}`,
    `add counter inet ${table} hits`,
    `add set inet ${table} ports { type inet_service; flags dynamic; size 65535; }`,
    `add chain inet ${table} input { type filter hook input priority 0; policy accept; }`,
    ...(direction === 'downstream' ? [] : [ruleOf('dport', 'sport')]),
    ...(direction === 'upstream' ? [] : [ruleOf('sport', 'dport')]),
  ].join('\n');
};

type Listed = {
  readonly nftables: readonly {
    readonly counter?: {readonly table: string; readonly packets: number};
    readonly set?: {readonly table: string; readonly elem?: readonly number[]};
  }[];
};

type Tally = {packets: number; ports: readonly number[]};

/** One JSON document a line, of one table each. */
const talliesOf = (text: string): ReadonlyMap<string, Tally> => {
  const tallies = new Map<string, Tally>();
  const tallyOf = (table: string): Tally => {
    const tally = tallies.get(table) ?? {packets: 0, ports: []};
    tallies.set(table, tally);
    return tally;
  };
  for (const line of text.split('\n').filter(line => line !== '')) {
    for (const {counter, set} of (JSON.parse(line) as Listed).nftables) {
      if (counter) tallyOf(counter.table).packets = counter.packets;
      if (set) tallyOf(set.table).ports = set.elem ?? [];
    }
  }
  return tallies;
};
