// The library's metrics against the rules of their instruments.
import type {ConventionFinding, ConventionLevel} from '../model/convention.ts';
import type {AttributeValue, ConventionArea, MetricSummary, SpanShape} from '../model/telemetry.ts';
import {factsOf, isOfType} from './attribute.ts';
import {deprecationOf} from './check-spans.ts';
import {Findings} from './findings.ts';
import {type MetricRules, registry} from './registry.ts';

/** `sum` where an older run does not distinguish the two. */
const instrumentOf = (metric: MetricSummary): string => {
  if (metric.kind !== 'sum') return metric.kind;
  if (metric.isMonotonic == null) return 'sum';
  return metric.isMonotonic ? 'counter' : 'updowncounter';
};

const typeOf = (value: AttributeValue): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value !== 'object') return typeof value;
  return value === null ? 'null' : `${value.length === 0 ? 'null' : typeOf(value[0]!)}[]`;
};

const prefixes: readonly (readonly [prefix: string, area: ConventionArea])[] = [
  ['http.client.', 'http'],
  ['db.client.', 'db'],
  ['messaging.', 'messaging'],
  ['rpc.client.', 'rpc'],
  ['gen_ai.client.', 'gen-ai'],
];

type Add = (level: ConventionLevel, rule: string, subject: string, statement: string) => void;

export const checkMetrics = (metrics: readonly MetricSummary[]): ConventionFinding[] => {
  const findings = new Findings();
  // A series has a row in each phase; its attributes are those of any row.
  const series = new Map(
    metrics.map(metric => [JSON.stringify([metric.scope, metric.name, metric.attributes]), metric]),
  );
  const byName = Map.groupBy(series.values(), ({scope, name}) => `${scope}\0${name}`);
  for (const same of byName.values()) {
    for (const metric of same) {
      const area = prefixes.find(([prefix]) => metric.name.startsWith(prefix))?.[1];
      if (area === undefined) continue;
      const add: Add = (level, rule, subject, statement) => {
        const {scope} = metric;
        const [count, ofCount] = [1, same.length];
        findings.add({
          level,
          area,
          signal: 'metric',
          rule,
          scope,
          subject,
          statement,
          count,
          ofCount,
          example: null,
        });
      };
      const rules = registry.metrics[metric.name];
      if (rules) checkMetric(metric, rules, add);
      else add('information', 'unknown', metric.name, `${metric.name} is not in the registry.`);
    }
  }
  return findings.toList();
};

const checkMetric = (metric: MetricSummary, rules: MetricRules, add: Add): void => {
  const {name, unit, attributes} = metric;
  const instrument = instrumentOf(metric);
  if (rules.deprecated !== undefined) {
    add('improvement', 'deprecated', name, deprecationOf(name, rules.deprecated));
  }
  if (rules.stability !== 'stable' && rules.deprecated === undefined) {
    add('information', 'stability', name, `${name} is not stable yet (${rules.stability}).`);
  }
  if (unit !== rules.unit) {
    add(
      'violation',
      'unit',
      name,
      `${name} has ${unit === '' ? 'no unit' : `the unit ${unit}`}; it should be ${rules.unit}.`,
    );
  }
  const isSum = instrument === 'sum' && rules.instrument.endsWith('counter');
  if (instrument !== rules.instrument && !isSum) {
    add('violation', 'instrument', name, `${name} is a ${instrument}; it should be a ${rules.instrument}.`);
  }
  for (const [attribute, level] of Object.entries(rules.attributes)) {
    if (level !== 'required' || (attributes[attribute] ?? null) !== null) continue;
    add('violation', 'required', `${name} ${attribute}`, `${attribute} is required on ${name} but missing.`);
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    const facts = factsOf(attribute);
    const subject = `${name} ${attribute}`;
    if (facts?.deprecated !== undefined) {
      add('improvement', 'deprecated', subject, `On ${name}, ${deprecationOf(attribute, facts.deprecated)}`);
    } else if (facts && !isOfType(typeOf(value), facts)) {
      add(
        'violation',
        'type',
        subject,
        `${attribute} of ${name} is ${typeOf(value)}; it should be ${facts.type}.`,
      );
    } else if (rules.attributes[attribute] === undefined) {
      add('information', 'unexpected', subject, `${attribute} is not among the attributes of ${name}.`);
    }
  }
};

/** The one histogram that the conventions of an area require of every client. */
const durations: {readonly [area in ConventionArea]?: readonly string[]} = {
  http: ['http.client.request.duration'],
  db: ['db.client.operation.duration'],
  rpc: ['rpc.client.call.duration', 'rpc.client.duration'],
};

/** Without the histogram of its area a library that makes spans leaves dashboards without their most important figure. */
export const checkDurations = (
  shapes: readonly SpanShape[],
  metrics: readonly MetricSummary[],
): ConventionFinding[] => {
  const findings = new Findings();
  for (const {area, kind, scope, count, example} of shapes) {
    const names = area === null || kind !== 'client' ? undefined : durations[area];
    const isThere = metrics.some(metric => metric.scope === scope && names?.includes(metric.name));
    if (!names || area === null || isThere) continue;
    findings.add({
      level: 'improvement',
      area,
      signal: 'metric',
      rule: 'absent',
      scope,
      subject: names[0]!,
      statement: `There are spans but no ${names[0]}.`,
      count,
      ofCount: count,
      example,
    });
  }
  return findings.toList().map(finding => ({...finding, ofCount: finding.count}));
};
