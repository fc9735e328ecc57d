// Files that the subject writes about its own process, into the folder of its profiles. Writing stops the process.
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
  /** Without environment and network; and not by writeReport(), which would print a notice on the library's stderr. */
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
    // Such as a full disk: reported as not written.
  }
  return {what, durationMs: performance.now() - startMs, file: `${basename(folder)}/${name}`, bytes};
};
