// Defines toxic types that act on HTTP requests rather than on bytes.

import {longestPattern} from '../pattern.ts';
import {
  type AttributeSchema,
  type Attributes,
  defineToxicType,
  type ToxicType,
  type Values,
} from '../toxic-type.ts';
import type {Exchange, Handling, HttpVersion, RequestMatch} from './behaviour.ts';

type Schemas = Readonly<Record<string, AttributeSchema>>;

/** Attributes that every HTTP toxic has besides its own. */
const matchAttributes: Schemas = {
  /** The request's method, in any case; empty for any. */
  method: {kind: 'string', initial: ''},
  /** A pattern of the path without its query; empty for any. */
  path: {kind: 'string', initial: ''},
};

export type HttpToxicDefinition<S extends Schemas> = {
  readonly name: string;
  readonly attributes: S;
  /** Why these attributes cannot be had, or null. */
  readonly refuse?: (attributes: Values<S>) => string | null;
  /** The only version that it is for. Default: null, any. */
  readonly version?: HttpVersion | null;
  /** Called for each request that the toxic takes. */
  readonly handle: (exchange: Exchange, attributes: Values<S>) => Handling;
};

export const defineHttpToxicType = <const S extends Schemas>(
  definition: HttpToxicDefinition<S>,
): ToxicType => {
  const {name, refuse, version = null, handle} = definition;
  const attributes: Schemas = {...definition.attributes, ...matchAttributes};
  // The attributes follow both schemas, as the toxic's body was read by them.
  const own = (values: Attributes) => values as Values<S>;
  const match = ({method, path}: Attributes): RequestMatch => ({
    method: String(method).toUpperCase(),
    path: String(path),
  });
  return defineToxicType({
    name,
    attributes,
    refuse: values => refuseMatch(match(values)) ?? refuse?.(own(values)) ?? null,
    http: {match, version, handle: (exchange, values) => handle(exchange, own(values))},
  });
};

const refuseMatch = ({method, path}: RequestMatch): string | null => {
  if (!/^[A-Z-]*$/.test(method)) return 'method must be a method such as GET, or empty';
  return path.length > longestPattern ? `path must have at most ${longestPattern} characters` : null;
};
