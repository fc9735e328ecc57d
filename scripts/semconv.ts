// Writes src/conventions/registry.json from a clone of OpenTelemetry's semantic conventions: facts only, no prose.
//
//   git clone https://github.com/open-telemetry/semantic-conventions /tmp/semconv
//   node scripts/semconv.ts /tmp/semconv
import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {parse} from 'yaml';
import type {Level, Registry, SpanRules} from '../src/conventions/registry.ts';
import type {ConventionArea} from '../src/model/telemetry.ts';

const repository = 'https://github.com/open-telemetry/semantic-conventions';

/** The conventions for generative AI left this repository after v1.41.0, for one that has no release yet. */
const sources: readonly {readonly version: string; readonly areas: readonly ConventionArea[]}[] = [
  {version: 'v1.44.0', areas: ['http', 'db', 'messaging', 'rpc']},
  {version: 'v1.41.0', areas: ['gen-ai']},
];

/** Spans that hold for every system of their area. Those of one system only narrow them. */
const generalSpans: Readonly<Record<string, ConventionArea>> = {
  'span.http.client': 'http',
  'span.db.client': 'db',
  'messaging.create.producer': 'messaging',
  'messaging.send.producer': 'messaging',
  'messaging.send.client': 'messaging',
  'messaging.receive.client': 'messaging',
  'messaging.settle.client': 'messaging',
  'messaging.process.consumer': 'messaging',
  'span.rpc.call.client': 'rpc',
  'span.gen_ai.inference.client': 'gen-ai',
  'span.gen_ai.embeddings.client': 'gen-ai',
};

const metricPrefixes: readonly (readonly [string, ConventionArea])[] = [
  ['http.client.', 'http'],
  ['db.client.', 'db'],
  ['messaging.', 'messaging'],
  ['rpc.client.', 'rpc'],
  ['gen_ai.client.', 'gen-ai'],
];

type Deprecation = {readonly renamed_to?: string};
type AttributeNode = {
  readonly id?: string;
  readonly key?: string;
  readonly ref?: string;
  readonly ref_group?: string;
  readonly type?: string | {readonly members: readonly {readonly value: string | number}[]};
  readonly stability?: string;
  readonly requirement_level?: string | Readonly<Record<string, string>>;
  readonly deprecated?: Deprecation;
};
type GroupNode = {
  readonly id?: string;
  readonly type?: string;
  readonly kind?: string;
  readonly span_kind?: string;
  readonly extends?: string;
  readonly metric_name?: string;
  readonly instrument?: string;
  readonly unit?: string;
  readonly stability?: string;
  readonly deprecated?: Deprecation;
  readonly attributes?: readonly AttributeNode[];
};
type FileNode = {
  readonly groups?: readonly GroupNode[];
  readonly attributes?: readonly AttributeNode[];
  readonly attribute_groups?: readonly GroupNode[];
  readonly spans?: readonly GroupNode[];
};

const clone = resolve(process.argv[2] ?? '.');
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', clone, ...args], {encoding: 'utf8', maxBuffer: 2 ** 28});

const filesOf = (version: string): FileNode[] =>
  git('ls-tree', '-r', '--name-only', version, 'model')
    .split('\n')
    .filter(path => path.endsWith('.yaml') && !path.endsWith('manifest.yaml'))
    .map(path => parse(git('show', `${version}:${path}`)) as FileNode);

const typeOf = (type: AttributeNode['type']): string => {
  if (typeof type === 'string') return type;
  return type?.members.some(({value}) => typeof value === 'number') ? 'int' : 'string';
};

const levelOf = (level: AttributeNode['requirement_level']): Level => {
  const name = typeof level === 'object' ? Object.keys(level)[0] : level;
  if (name === 'required') return 'required';
  if (name === 'conditionally_required') return 'conditional';
  return name === 'opt_in' ? 'opt-in' : 'recommended';
};

const deprecated = (node: {readonly deprecated?: Deprecation}): {deprecated?: string} =>
  node.deprecated === undefined ? {} : {deprecated: node.deprecated.renamed_to ?? ''};

class Model {
  readonly #groups = new Map<string, GroupNode>();
  readonly files: readonly FileNode[];

  constructor(version: string) {
    this.files = filesOf(version);
    for (const file of this.files) {
      for (const group of [...(file.groups ?? []), ...(file.attribute_groups ?? [])]) {
        if (group.id !== undefined) this.#groups.set(group.id, group);
      }
    }
  }

  /** The levels of a group's attributes, its own over those that it takes over. A reference without a level keeps that of before. */
  levels(group: GroupNode): Record<string, Level> {
    const parent = group.extends === undefined ? undefined : this.#groups.get(group.extends);
    const levels = parent ? this.levels(parent) : {};
    for (const {ref, ref_group: refGroup, requirement_level: level} of group.attributes ?? []) {
      if (refGroup !== undefined) Object.assign(levels, this.levels(this.#groups.get(refGroup)!));
      if (ref !== undefined)
        levels[ref] = level === undefined ? (levels[ref] ?? 'recommended') : levelOf(level);
    }
    return levels;
  }

  attributes(): AttributeNode[] {
    return this.files.flatMap(({groups = [], attributes = []}) => [
      ...groups.flatMap(group => group.attributes ?? []).filter(({id}) => id !== undefined),
      ...attributes,
    ]);
  }

  spans(): (readonly [id: string, GroupNode])[] {
    return this.files.flatMap(({groups = [], spans = []}) => [
      ...groups.filter(({type}) => type === 'span').map(group => [group.id!, group] as const),
      ...spans.map(span => [span.type!, span] as const),
    ]);
  }

  metrics(): GroupNode[] {
    return this.files.flatMap(({groups = []}) => groups.filter(({type}) => type === 'metric'));
  }
}

const order: readonly Level[] = ['opt-in', 'recommended', 'conditional', 'required'];

/** What holds for each of several spans of one area and kind: the weakest level, and nothing that one of them does not know. */
const weakest = (one: Record<string, Level>, other: Record<string, Level>): Record<string, Level> =>
  Object.fromEntries(
    Object.entries(one).map(([key, level]) => {
      const otherLevel = other[key] ?? 'opt-in';
      return [key, order.indexOf(level) < order.indexOf(otherLevel) ? level : otherLevel];
    }),
  );

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const registry = {
  sources: [] as Registry['sources'][number][],
  attributes: {} as Record<string, Registry['attributes'][string]>,
  spans: {} as Record<string, SpanRules>,
  metrics: {} as Record<string, Registry['metrics'][string]>,
};

// The newest last, so that it has the last word on an attribute.
for (const {version, areas} of sources.toReversed()) {
  const model = new Model(version);
  registry.sources.unshift({
    repository,
    version,
    commit: git('rev-parse', `${version}^{commit}`).trim(),
    areas,
  });
  for (const node of model.attributes()) {
    const key = node.id ?? node.key!;
    const isGone = areas.includes('gen-ai') ? false : key.startsWith('gen_ai.') && key in registry.attributes;
    if (isGone) continue;
    registry.attributes[key] = {
      type: typeOf(node.type),
      stability: node.stability ?? 'development',
      ...deprecated(node),
    };
  }
  for (const [id, span] of model.spans()) {
    const area = generalSpans[id];
    if (area === undefined || !areas.includes(area)) continue;
    const key = `${area}/${span.span_kind ?? span.kind}`;
    const known = registry.spans[key];
    const levels = model.levels(span);
    registry.spans[key] = {
      stability: span.stability ?? 'development',
      attributes: sorted(known ? weakest(known.attributes, levels) : levels),
    };
  }
  for (const metric of model.metrics()) {
    const name = metric.metric_name!;
    const area = metricPrefixes.find(([prefix]) => name.startsWith(prefix))?.[1];
    if (area === undefined || !areas.includes(area)) continue;
    registry.metrics[name] = {
      area,
      instrument: metric.instrument!,
      unit: metric.unit ?? '',
      stability: metric.stability ?? 'development',
      ...deprecated(metric),
      attributes: sorted(model.levels(metric)),
    };
  }
}

// Attributes that no rule and no area can ask for only make the file large.
const used = new Set(
  [...Object.values(registry.spans), ...Object.values(registry.metrics)].flatMap(({attributes}) =>
    Object.keys(attributes),
  ),
);
const namespaces = [
  'http.',
  'url.',
  'db.',
  'messaging.',
  'rpc.',
  'gen_ai.',
  'net.',
  'server.',
  'network.',
  'error.',
  'peer.',
];
registry.attributes = sorted(
  Object.fromEntries(
    Object.entries(registry.attributes).filter(
      ([key]) => used.has(key) || namespaces.some(namespace => key.startsWith(namespace)),
    ),
  ),
);

const lines = (record: object): string =>
  Object.entries(record)
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');

writeFileSync(
  resolve(import.meta.dirname, '../src/conventions/registry.json'),
  `{
  "sources": ${JSON.stringify(registry.sources)},
  "attributes": {\n${lines(registry.attributes)}\n  },
  "spans": {\n${lines(sorted(registry.spans))}\n  },
  "metrics": {\n${lines(sorted(registry.metrics))}\n  }
}\n`,
);
