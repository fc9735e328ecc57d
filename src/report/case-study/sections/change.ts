// Change: what the candidate does differently; with one variant only, what usually fixes what was found.

import type {Json} from '../../../model/json.ts';
import type {Plan, Variant} from '../../../model/plan.ts';
import {symptoms} from '../../../model/symptoms.ts';
import {
  type Block,
  code,
  linked,
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../../document.ts';
import type {RunStory, VariantStory} from '../run-story.ts';

export const changeSection = ({run, baseline, variants}: RunStory): Section => ({
  id: 'change',
  title: 'Change',
  blocks: [
    ...(variants.length === 1
      ? proposals(baseline)
      : variants.slice(1).flatMap(variant => changeBlocks(baseline, variant, versionWords(run.record.plan)))),
    ...remarkBlocks(run.record.plan.remarks ?? []),
  ],
});

/** In the scenario's own words. */
const remarkBlocks = (remarks: readonly string[]): Block[] =>
  remarks.length === 0 ? [] : [paragraph('Notes:'), list(remarks.map(linked))];

const proposals = (baseline: VariantStory): Block[] => {
  const present = baseline.symptoms.filter(({verdict}) => verdict === 'present');
  if (present.length === 0) return [paragraph('No symptoms were found, and no change was tried.')];
  return [
    paragraph('No change was tried. Usual fixes for what was found:'),
    table(
      ['Symptom', 'Usual fix'],
      present.map(({symptom}) => [strong(symptom), symptoms[symptom].remedy]),
    ),
  ];
};

const changeBlocks = (baseline: VariantStory, candidate: VariantStory, words: VersionWords): Block[] => {
  const [before, after] = [baseline.variant, candidate.variant];
  const rows = [...differences(before, after), ...loadedVersions(baseline, candidate, words)];
  const sentence: Text = [code(after.name), `: ${after.change ?? 'the change was not described.'}`];
  if (rows.length === 0) return [paragraph(...sentence), paragraph('The recorded options are identical.')];
  return [paragraph(...sentence), table(['Option', before.name, after.name], rows)];
};

/** Options, environment, heap limit and CPUs that differ, by path. Where one has an object, its parts are compared. */
const differences = (before: Variant, after: Variant): Span[][] => {
  const [old, current] = [settingsOf(before), settingsOf(after)];
  const paths = [...new Set([...old.keys(), ...current.keys()])];
  return paths
    .filter(path => old.get(path) !== current.get(path) && !paths.some(other => other.startsWith(`${path}.`)))
    .map(path => [code(path), valueSpan(old, path), valueSpan(current, path)]);
};

type VersionWords = {readonly known: string; readonly unknown: string};

/** A program says itself which libraries it has, and need not name all of them. */
const versionWords = ({program}: Plan): VersionWords =>
  program === undefined
    ? {known: 'version loaded', unknown: 'not loaded'}
    : {known: 'version reported by the program', unknown: 'not reported'};

/** The versions that were really loaded, of the packages that a variant has as its own: a range says little about them. */
const loadedVersions = (
  baseline: VariantStory,
  candidate: VariantStory,
  {known, unknown}: VersionWords,
): Span[][] => {
  const names = [baseline, candidate].flatMap(({variant}) => Object.keys(variant.packages ?? {}));
  return [...new Set(names)].map(name => [
    `${name} (${known})`,
    ...[baseline, candidate].map(({trials}) => {
      const versions = new Set(trials.flatMap(({trial}) => trial.versions[name] ?? []));
      return versions.size === 0 ? unknown : code([...versions].join(', '));
    }),
  ]);
};

const valueSpan = (settings: ReadonlyMap<string, string>, path: string): Span => {
  const value = settings.get(path);
  return value === undefined ? 'not set' : code(value);
};

const settingsOf = ({options, process: started, packages = {}}: Variant): Map<string, string> =>
  new Map([
    ...Object.entries(packages).map(([name, spec]) => [`package ${name}`, spec] as const),
    ...flatten(options, ''),
    ...Object.entries(started.env).map(([name, value]) => [`env ${name}`, value] as const),
    ...(started.heapLimitMiB === undefined ? [] : [['heap limit', `${started.heapLimitMiB} MiB`] as const]),
    ...(started.telemetry === undefined ? [] : [['telemetry', started.telemetry] as const]),
    ...(started.cpuCount === undefined ? [] : [['CPUs', String(started.cpuCount)] as const]),
  ]);

/** An object is shown by its parts; an empty one within another by itself; empty options not at all. */
const flatten = (value: Json, path: string): (readonly [string, string])[] => {
  if (value === null && path === '') return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[path === '' ? 'options' : path, JSON.stringify(value)]];
  }
  const parts = Object.entries(value);
  if (parts.length === 0 && path !== '') return [[path, '{}']];
  return parts.flatMap(([name, inner]) => flatten(inner, path === '' ? name : `${path}.${name}`));
};
