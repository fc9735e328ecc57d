// Log records counted by kind and phase, and the first of each kept whole.
import type {LogEntry, LogObservation} from '../model/telemetry.ts';

const kindLimit = 500;
const entriesPerKind = 3;

type Kind = {readonly counted: LogObservation['counts'][number]; count: number; readonly first: LogEntry[]};

/** At most 500 kinds; records of later ones are only counted. */
export class LogTable {
  readonly #kinds = new Map<string, Kind>();
  ungroupedCount = 0;

  add(entry: LogEntry, phase: number): void {
    const {scope, severity, eventName} = entry;
    const key = JSON.stringify([phase, scope, severity, eventName]);
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      if (this.#kinds.size >= kindLimit) {
        this.ungroupedCount += 1;
        return;
      }
      kind = {counted: {phase, scope, severity, eventName, count: 0}, count: 0, first: []};
      this.#kinds.set(key, kind);
    }
    kind.count += 1;
    if (kind.first.length < entriesPerKind) kind.first.push(entry);
  }

  toLogs(): LogObservation {
    const kinds = [...this.#kinds.values()];
    return {
      counts: kinds
        .map(({counted, count}) => ({...counted, count}))
        .sort((left, right) => left.phase - right.phase || right.count - left.count),
      entries: kinds.flatMap(({first}) => first).sort((left, right) => left.atMs - right.atMs),
    };
  }
}
