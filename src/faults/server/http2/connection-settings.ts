// What toxics do to a connection of HTTP/2 as a whole: they lower what the target's SETTINGS say, keep its grants of the window
// from the client, and let PINGs go unanswered.

import type {Http2Setting} from '../http/behaviour.ts';
import type {HttpRules} from '../http/rules.ts';
import type {Selected} from '../scope.ts';
import type {Toxic} from '../toxic.ts';
import {
  type Frame,
  initialWindowBytes,
  isAck,
  readSettings,
  type Settings,
  settingIds,
  settingsFrame,
  windowFrame,
} from './frames.ts';

const {maxConcurrentStreams, initialWindowSize} = settingIds;
/** What a target that sets no limit has (RFC 9113, 6.5.2). */
const unlimited = 2 ** 32 - 1;

export type SettingsHost = {
  readonly connection: number;
  readonly rules: HttpRules;
  readonly toClient: (data: Buffer) => void;
  readonly acted: (toxic: Toxic) => void;
};

type Taking = {readonly candidate: Selected; starts: number; setting: Http2Setting | null};

export class ConnectionSettings {
  readonly #host: SettingsHost;
  readonly #takings = new Map<Toxic, Taking>();
  /** What the target said; null: nothing yet. */
  #said: Map<number, number> | null = null;
  /** What the client was told, of what toxics may change. */
  #told = new Map<number, number>();
  /** Of the SETTINGS that the client has not acknowledged: whether the target sent them. */
  readonly #unacknowledged: boolean[] = [];
  /** The limit that the client knows of. */
  #knownLimit = Number.POSITIVE_INFINITY;
  /** Whether the client was told anything that the target did not say. */
  hasChanged = false;
  /** What the target granted meanwhile, by stream; 0 is the connection. */
  readonly #grants = new Map<number, number>();

  constructor(host: SettingsHost) {
    this.#host = host;
    for (const {toxic} of host.rules.settings()) if (toxic.isInForce) this.begin(toxic);
  }

  /** The toxic that limits the streams; null where the client may open one more than it has. */
  refuses(openStreams: number): Toxic | null {
    const [lowest] = this.#active('streams').toSorted((a, b) => limitOf(a.setting) - limitOf(b.setting));
    return openStreams >= this.#knownLimit && lowest !== undefined ? lowest.toxic : null;
  }

  /** The toxic that keeps the window shut. */
  get windowToxic(): Toxic | null {
    return this.#active('windows')[0]?.toxic ?? null;
  }

  get pingToxic(): Toxic | null {
    return this.#active('pings')[0]?.toxic ?? null;
  }

  begin(toxic: Toxic): void {
    const setting = toxic.type.http2?.(toxic.attributes) ?? null;
    if (setting === null) return;
    const {connection, rules} = this.#host;
    const before = this.#takings.get(toxic);
    const taking = before ?? {candidate: toxic.selection.offer(), starts: 0, setting: null};
    this.#takings.set(toxic, taking);
    const isTaken = rules.takesConnection(connection, toxic, taking.candidate, taking.starts++);
    taking.setting = isTaken ? setting : null;
    this.#tell();
  }

  end(toxic: Toxic): void {
    const taking = this.#takings.get(toxic);
    if (taking === undefined || taking.setting === null) return;
    taking.setting = null;
    this.#tell();
    if (this.windowToxic !== null) return;
    for (const [stream, bytes] of this.#grants) this.#host.toClient(windowFrame(stream, bytes));
    this.#grants.clear();
  }

  /** The target's SETTINGS, or its acknowledgement, on their way to the client. */
  fromTarget(frame: Frame): void {
    if (isAck(frame)) {
      this.#host.toClient(frame.raw);
      return;
    }
    const settings = readSettings(frame);
    this.#said = new Map([...(this.#said ?? []), ...settings]);
    const changed = this.#changed();
    const lowered = [...changed].filter(([id, value]) => this.#said?.get(id) !== value);
    const told = new Map([...settings, ...lowered]);
    this.#unacknowledged.push(true);
    this.#host.toClient(lowered.length === 0 ? frame.raw : settingsFrame(told));
    this.#noteTold(told);
    if (lowered.length === 0) return;
    this.hasChanged = true;
    this.#actedBy(lowered.map(([id]) => id));
  }

  /** The target's first SETTINGS, which the client has got already. */
  passedBefore(frame: Frame): void {
    if (isAck(frame)) return;
    this.#said = new Map(readSettings(frame));
    this.#noteTold(this.#said);
    this.#unacknowledged.push(true);
    this.#tell();
  }

  /** Whether the client's acknowledgement is meant for the target. */
  acknowledged(): boolean {
    this.#knownLimit = this.#told.get(maxConcurrentStreams) ?? Number.POSITIVE_INFINITY;
    return this.#unacknowledged.shift() ?? true;
  }

  /** The target grants the client some of the window. Returns whether that passes. */
  grants(stream: number, bytes: number): boolean {
    if (this.windowToxic === null) return true;
    this.#grants.set(stream, (this.#grants.get(stream) ?? 0) + bytes);
    return false;
  }

  /** That stream is over. */
  forget(stream: number): void {
    this.#grants.delete(stream);
  }

  /** SETTINGS of our own, where toxics change what the client was told. */
  #tell(): void {
    // The first that it gets are the target's.
    if (this.#said === null) return;
    const changed = new Map([...this.#changed()].filter(([id, value]) => this.#told.get(id) !== value));
    if (changed.size === 0) return;
    this.hasChanged = true;
    this.#unacknowledged.push(false);
    this.#host.toClient(settingsFrame(changed));
    this.#noteTold(changed);
    this.#actedBy([...changed.keys()]);
  }

  #noteTold(settings: Settings): void {
    this.#told = new Map([...this.#told, ...settings]);
  }

  #actedBy(ids: readonly number[]): void {
    const kinds = [
      ...(ids.includes(maxConcurrentStreams) ? (['streams'] as const) : []),
      ...(ids.includes(initialWindowSize) ? (['windows'] as const) : []),
    ];
    for (const {toxic} of kinds.flatMap(kind => this.#active(kind))) this.#host.acted(toxic);
  }

  /** What the client should know of what toxics change, or have changed. */
  #changed(): Settings {
    const limits = this.#active('streams').map(({setting}) => limitOf(setting));
    const saidStreams = this.#said?.get(maxConcurrentStreams) ?? unlimited;
    const saidWindow = this.#said?.get(initialWindowSize) ?? initialWindowBytes;
    return new Map([
      ...(limits.length > 0 || this.#told.has(maxConcurrentStreams)
        ? [[maxConcurrentStreams, Math.min(saidStreams, ...limits)] as const]
        : []),
      ...(this.windowToxic !== null || this.#told.has(initialWindowSize)
        ? [[initialWindowSize, this.windowToxic === null ? saidWindow : 0] as const]
        : []),
    ]);
  }

  #active(kind: Http2Setting['kind']): {readonly toxic: Toxic; readonly setting: Http2Setting}[] {
    return [...this.#takings].flatMap(([toxic, {setting}]) =>
      setting?.kind === kind ? [{toxic, setting}] : [],
    );
  }
}

const limitOf = (setting: Http2Setting): number =>
  setting.kind === 'streams' ? setting.limit : Number.POSITIVE_INFINITY;
