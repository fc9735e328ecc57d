// The scenarios that come with foulweather, by name.
import {fileURLToPath} from 'node:url';

/** Ours run as TypeScript from a checkout and as JavaScript from the package. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

const builtins = {
  'undici-stall':
    "undici's Pool: default time-outs against bounded ones, while the server stalls, resets and refuses",
} as const;

export const builtinNames: readonly string[] = Object.keys(builtins);

export const describeBuiltins = (): readonly {name: string; summary: string}[] =>
  Object.entries(builtins).map(([name, summary]) => ({name, summary}));

/** The file of a built-in scenario, or null where there is none of that name. */
export const builtinFile = (name: string): string | null =>
  Object.hasOwn(builtins, name)
    ? fileURLToPath(new URL(`builtin/${name}.${extension}`, import.meta.url))
    : null;
