// What the subject writes of its own process into the folder of its profiles. All of it stops the process meanwhile.
import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {writeHeapSnapshot} from 'node:v8';
import type {Artifact, KeptWhat} from '../model/artifact.ts';

const names: {readonly [what in KeptWhat]: string} = {
  'heap-snapshot': 'after-load.heapsnapshot',
  'process-report': 'hung.report.json',
};

const writers: {readonly [what in KeptWhat]: (file: string) => void} = {
  'heap-snapshot': writeHeapSnapshot,
  /** Without environment and network, and not by writeReport(), which would tell of it on the library's stderr. */
  'process-report': file => {
    process.report.excludeEnv = true;
    // Node's types do not know this one yet.
    Object.assign(process.report, {excludeNetwork: true});
    writeFileSync(file, JSON.stringify(process.report.getReport(), null, 2));
  },
};

export const writeArtifact = (what: KeptWhat, folder: string): Artifact => {
  const name = names[what];
  const startMs = performance.now();
  let bytes: number | null = null;
  try {
    mkdirSync(folder, {recursive: true});
    writers[what](join(folder, name));
    bytes = statSync(join(folder, name)).size;
  } catch {
    // As a full disk: told as what was not written.
  }
  return {what, durationMs: performance.now() - startMs, file: `${basename(folder)}/${name}`, bytes};
};
