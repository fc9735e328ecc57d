// Spans by the attributes that they have and the types of these: what a check against conventions looks at.
import type {AttributeValue, ConventionArea, Span, SpanShape} from '../model/telemetry.ts';

const shapeLimit = 300;

type Counted = Omit<SpanShape, 'count' | 'credentialCount'> & {count: number; credentialCount: number};

export const attributeType = (value: AttributeValue): string => {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value !== 'object') return typeof value;
  return `${value.length === 0 ? 'null' : attributeType(value[0]!)}[]`;
};

const urlKeys = ['url.full', 'http.url'] as const;

/** `REDACTED:REDACTED@` is what the conventions require in the place of both. */
const holdsCredentials = ({attributes}: Span): boolean =>
  urlKeys.some(key => {
    const url = attributes[key];
    const userInfo =
      typeof url === 'string' ? /^[a-z][a-z0-9+.-]*:\/\/([^/?#@]+)@/i.exec(url)?.[1] : undefined;
    return userInfo !== undefined && !/^REDACTED(?::REDACTED)?$/.test(userInfo);
  });

/** At most 300 shapes; spans of later ones are only counted. */
export class SpanShapes {
  readonly #shapes = new Map<string, Counted>();
  unshapedCount = 0;

  add(span: Span): void {
    const {scope, kind, status, traceId, spanId} = span;
    const types = Object.entries(span.attributes)
      .map(([key, value]) => `${key}\0${attributeType(value)}`)
      .sort();
    const key = `${scope}\0${kind}\0${status}\0${types.join('\0')}`;
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      if (this.#shapes.size >= shapeLimit) {
        this.unshapedCount += 1;
        return;
      }
      const attributes = Object.fromEntries(types.map(type => type.split('\0') as [string, string]));
      const example = {traceId, spanId};
      shape = {area: areaOf(span), scope, kind, status, attributes, count: 0, credentialCount: 0, example};
      this.#shapes.set(key, shape);
    }
    shape.count += 1;
    if (holdsCredentials(span)) shape.credentialCount += 1;
  }

  /** The most frequent first. */
  toShapes(): readonly SpanShape[] {
    return [...this.#shapes.values()].sort((left, right) => right.count - left.count);
  }
}

/** The first that fits: a call to a model or a database over HTTP is of its own conventions, and not of HTTP's. */
const marks: readonly (readonly [ConventionArea, readonly string[]])[] = [
  ['gen-ai', ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.system']],
  ['db', ['db.system.name', 'db.system']],
  ['messaging', ['messaging.system']],
  ['rpc', ['rpc.system.name', 'rpc.system']],
  ['http', ['http.request.method', 'http.method']],
];

/** By the attributes that only they have; the names of earlier versions count too. */
export const areaOf = ({attributes}: Pick<Span, 'attributes'>): ConventionArea | null => {
  for (const [area, keys] of marks) if (keys.some(key => attributes[key] !== undefined)) return area;
  return null;
};
