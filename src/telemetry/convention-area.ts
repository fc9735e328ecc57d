// Which semantic conventions a span is of, by the attributes that only they have; the names of earlier versions count too.
import type {ConventionArea, Span} from '../model/telemetry.ts';

/** The first that fits: a call to a model or a database over HTTP is of its own conventions, and not of HTTP's. */
const marks: readonly (readonly [ConventionArea, readonly string[]])[] = [
  ['gen-ai', ['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.system']],
  ['db', ['db.system.name', 'db.system']],
  ['messaging', ['messaging.system']],
  ['rpc', ['rpc.system.name', 'rpc.system']],
  ['http', ['http.request.method', 'http.method']],
];

export const areaOf = ({attributes}: Pick<Span, 'attributes'>): ConventionArea | null => {
  for (const [area, keys] of marks) if (keys.some(key => attributes[key] !== undefined)) return area;
  return null;
};
