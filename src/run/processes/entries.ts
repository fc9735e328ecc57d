// The files that run as processes of their own.
import {entryFile} from '../../model/own-files.ts';

export const entries = {
  describe: entryFile('children/describe-main'),
  target: entryFile('children/target-main'),
  subject: entryFile('subject/subject-main'),
  verify: entryFile('children/verify-main'),
  prepare: entryFile('children/prepare-main'),
  preload: entryFile('subject/preload'),
  noopProgram: entryFile('subject/noop-main'),
  injector: entryFile('faults/server/main'),
  service: entryFile('services/main'),
  receiver: entryFile('telemetry/main'),
  guard: entryFile('run/processes/guard-main'),
} as const;

export type Entry = keyof typeof entries;

/**
 * V8 would take up to 134 MB for the injector's young objects, which live as long as their connection; with this it
 * takes 17 MB, and what the process needs stops growing (docs/performance-history.md).
 */
export const injectorNodeOptions = ['--max-semi-space-size=8'] as const;

/** Node 22 warns that stripping types is experimental; in a child's stderr that is only noise. */
export const quiet = ['--disable-warning=ExperimentalWarning'] as const;
