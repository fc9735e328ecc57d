// The library's spans against the rules of their area and kind.
import type {ConventionFinding, ConventionLevel} from '../model/convention.ts';
import type {ConventionArea, SpanShape} from '../model/telemetry.ts';
import {factsOf, isInReservedNamespace, isOfType} from './attribute.ts';
import {Findings} from './findings.ts';
import {registry, type SpanRules} from './registry.ts';

type Judged = SpanShape & {readonly area: ConventionArea};

/** A server's span is not of the client under test. */
const isJudged = (shape: SpanShape): shape is Judged => shape.area !== null && shape.kind !== 'server';

const isSet = (type: string | undefined): boolean => type !== undefined && type !== 'null';

export const checkSpans = (shapes: readonly SpanShape[]): ConventionFinding[] => {
  const findings = new Findings();
  const judged = shapes.filter(isJudged);
  const countOf = ({area, scope}: Judged): number =>
    judged
      .filter(shape => shape.area === area && shape.scope === scope)
      .reduce((sum, {count}) => sum + count, 0);
  for (const shape of judged) {
    const ofCount = countOf(shape);
    const add = (
      level: ConventionLevel,
      rule: string,
      subject: string,
      statement: string,
      count = shape.count,
    ): void =>
      findings.add({
        level,
        area: shape.area,
        signal: 'span',
        rule,
        scope: shape.scope,
        subject,
        statement,
        count,
        ofCount,
        example: shape.example,
      });
    const rules = registry.spans[`${shape.area}/${shape.kind}`];
    if (rules) checkPresence(shape, rules, add);
    else {
      add(
        'improvement',
        'kind',
        shape.kind,
        `The conventions for ${shape.area} define no span of kind ${shape.kind}.`,
      );
    }
    checkAttributes(shape, rules, add);
    if (shape.credentialCount > 0) {
      add(
        'violation',
        'credentials',
        'url.full',
        'The URL contains a user name or password.',
        shape.credentialCount,
      );
    }
  }
  return findings.toList();
};

type Add = (level: ConventionLevel, rule: string, subject: string, statement: string) => void;

const checkPresence = ({area, status, attributes}: Judged, rules: SpanRules, add: Add): void => {
  for (const [name, level] of Object.entries(rules.attributes)) {
    if (isSet(attributes[name]) || Object.keys(attributes).some(key => key.startsWith(`${name}.`))) continue;
    if (level === 'required') {
      add('violation', 'required', name, `${name} is required but missing.`);
    } else if (name === 'error.type' && status === 'error') {
      add('violation', 'conditionally-required', name, `${name} is required on a failed span but missing.`);
    } else if (name === 'http.response.status_code' && area === 'http' && status !== 'error') {
      const statement = `${name} is required if there was a response, but missing from a span without an error.`;
      add('information', 'conditionally-required', name, statement);
    } else if (name === 'server.port' && level === 'conditional' && isSet(attributes['server.address'])) {
      const statement = `${name} is required next to server.address unless it is the default port, but missing.`;
      add('information', 'conditionally-required', name, statement);
    } else if (level === 'recommended' && name !== 'http.request.resend_count') {
      add('information', 'recommended', name, `${name} is recommended but missing.`);
    }
  }
};

const checkAttributes = ({attributes}: Judged, rules: SpanRules | undefined, add: Add): void => {
  for (const [name, type] of Object.entries(attributes)) {
    // An attribute without a value counts as absent.
    if (type === 'null') continue;
    const facts = factsOf(name);
    if (facts?.deprecated !== undefined) {
      add('improvement', 'deprecated', name, deprecationOf(name, facts.deprecated));
    } else if (facts && !isOfType(type, facts)) {
      add('violation', 'type', name, `${name} is ${type}; it should be ${facts.type}.`);
    } else if (!facts && isInReservedNamespace(name)) {
      const statement = `${name} is not in the registry, but its namespace belongs to the conventions.`;
      add('improvement', 'unknown', name, statement);
    } else if (facts && facts.stability !== 'stable' && rules?.stability === 'stable') {
      add('information', 'stability', name, `${name} is not stable yet (${facts.stability}).`);
    }
  }
};

export const deprecationOf = (name: string, successor: string): string =>
  successor === '' ? `${name} is deprecated.` : `${name} is deprecated; use ${successor} instead.`;
