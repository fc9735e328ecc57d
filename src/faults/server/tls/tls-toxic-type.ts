// Defines toxic types that act on TLS handshakes rather than on bytes.

import {longestPattern} from '../pattern.ts';
import {
  type AttributeSchema,
  type Attributes,
  defineToxicType,
  type ToxicType,
  type Values,
} from '../toxic-type.ts';
import type {TlsAction} from './behaviour.ts';

type Schemas = Readonly<Record<string, AttributeSchema>>;

/** Attributes that every TLS toxic has besides its own. */
const matchAttributes: Schemas = {
  /** A pattern of the host that the ClientHello names, in any case; empty for any, and for none. */
  server_name: {kind: 'string', initial: ''},
};

export type TlsToxicDefinition<S extends Schemas> = {
  readonly name: string;
  readonly attributes: S;
  /** Why these attributes cannot be had, or null. */
  readonly refuse?: (attributes: Values<S>) => string | null;
  /** What becomes of each handshake that the toxic takes. */
  readonly treat: (attributes: Values<S>) => TlsAction;
};

export const defineTlsToxicType = <const S extends Schemas>(definition: TlsToxicDefinition<S>): ToxicType => {
  const {name, refuse, treat} = definition;
  const attributes: Schemas = {...definition.attributes, ...matchAttributes};
  // The attributes follow both schemas, as the toxic's body was read by them.
  const own = (values: Attributes) => values as Values<S>;
  const serverNameOf = (values: Attributes) => String(values['server_name']).toLowerCase();
  return defineToxicType({
    name,
    attributes,
    refuse: values => refuseServerName(serverNameOf(values)) ?? refuse?.(own(values)) ?? null,
    tls: {match: serverNameOf, treat: values => treat(own(values))},
  });
};

const refuseServerName = (pattern: string): string | null =>
  pattern.length > longestPattern ? `server_name must have at most ${longestPattern} characters` : null;
