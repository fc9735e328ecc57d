// Profiles in Google's pprof format, which Pyroscope, Parca and Speedscope read: gzipped protobuf. Field numbers are
// from profile.proto; fields that are not written are left out.
import {gzipSync} from 'node:zlib';
import protobuf from 'protobufjs/light.js';
import type {CallFrame} from '../model/profile-part.ts';
import type {CallNode} from './tree.ts';

type Field = readonly [id: number, type: string];

const message = (fields: {readonly [name: string]: Field}): protobuf.IType => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [id, type]]): [string, protobuf.IField] => [
      name,
      type.endsWith('[]') ? {id, type: type.slice(0, -2), rule: 'repeated'} : {id, type},
    ]),
  ),
});

const profileType = protobuf.Root.fromJSON({
  nested: {
    Profile: message({
      sampleType: [1, 'ValueType[]'],
      sample: [2, 'Sample[]'],
      location: [4, 'Location[]'],
      function: [5, 'Function[]'],
      stringTable: [6, 'string[]'],
      durationNanos: [10, 'int64'],
    }),
    ValueType: message({type: [1, 'int64'], unit: [2, 'int64']}),
    Sample: message({locationId: [1, 'uint64[]'], value: [2, 'int64[]']}),
    Location: message({id: [1, 'uint64'], line: [4, 'Line[]']}),
    Line: message({functionId: [1, 'uint64'], line: [2, 'int64']}),
    Function: message({
      id: [1, 'uint64'],
      name: [2, 'int64'],
      systemName: [3, 'int64'],
      filename: [4, 'int64'],
      startLine: [5, 'int64'],
    }),
  },
}).lookupType('Profile');

/** One value of each sample: what it is, its unit, and the tree that it comes from. */
export type PprofColumn = {
  readonly type: 'samples' | 'cpu' | 'inuse_space' | 'alloc_space';
  readonly unit: 'count' | 'nanoseconds' | 'bytes';
  readonly tree: CallNode;
  readonly weigh: (node: CallNode) => number;
};

/** Strings, functions and places are written once and referred to by number; 0 means none. */
class Tables {
  readonly strings: string[] = [''];
  readonly functions: object[] = [];
  readonly locations: object[] = [];
  readonly #stringIndex = new Map([['', 0]]);
  readonly #locationIds = new Map<string, number>();

  string(text: string): number {
    const known = this.#stringIndex.get(text);
    if (known !== undefined) return known;
    this.#stringIndex.set(text, this.strings.length);
    return this.strings.push(text) - 1;
  }

  /** V8 reports where a function begins and not the line that ran, so that a place and a function are one. */
  location({functionName, url, lineNumber, columnNumber}: CallFrame): number {
    const key = `${url}:${lineNumber}:${columnNumber}:${functionName}`;
    const known = this.#locationIds.get(key);
    if (known !== undefined) return known;
    const id = this.locations.length + 1;
    const name = this.string(functionName === '' ? '(anonymous)' : functionName);
    const line = Math.max(0, lineNumber + 1);
    this.functions.push({id, name, systemName: name, filename: this.string(url), startLine: line});
    this.locations.push({id, line: [{functionId: id, line}]});
    this.#locationIds.set(key, id);
    return id;
  }
}

/** @param durationMs of what was sampled; 0 for a state */
export const pprofFile = (columns: readonly PprofColumn[], durationMs: number): Uint8Array => {
  const tables = new Tables();
  const samples = new Map<string, {locationId: number[]; value: number[]}>();
  for (const [index, {tree, weigh}] of columns.entries()) {
    for (const node of tree.all()) {
      const value = Math.round(weigh(node));
      if (value <= 0) continue;
      const locationId = [...node.stack()].map(({frame}) => tables.location(frame));
      const key = locationId.join();
      const sample = samples.get(key) ?? {locationId, value: columns.map(() => 0)};
      sample.value[index] = value;
      samples.set(key, sample);
    }
  }
  const sampleType = columns.map(({type, unit}) => ({type: tables.string(type), unit: tables.string(unit)}));
  const profile = {
    sampleType,
    sample: [...samples.values()],
    location: tables.locations,
    function: tables.functions,
    stringTable: tables.strings,
    durationNanos: Math.round(durationMs * 1e6),
  };
  return gzipSync(profileType.encode(profile).finish());
};
