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

/** What every TLS toxic can be told besides its own attributes. */
const matchAttributes: Schemas = {
  /** A pattern of the host that the ClientHello names, in any case; empty for any, and for none. */
  server_name: {kind: 'string', initial: ''},
};

export type TlsToxicDefinition<S extends Schemas> = {
  readonly name: string;
  readonly attributes: S;
  /** Why these attributes cannot be had, or undefined. */
  readonly refuse?: (attributes: Values<S>) => string | undefined;
  /** What becomes of each handshake that the toxic takes. */
  readonly treat: (attributes: Values<S>) => TlsAction;
};

export function defineTlsToxicType<const S extends Schemas>(definition: TlsToxicDefinition<S>): ToxicType {
  const {name, refuse, treat} = definition;
  const attributes: Schemas = {...definition.attributes, ...matchAttributes};
  // The attributes follow both schemas, as the toxic's body was read by them.
  const own = (values: Attributes) => values as Values<S>;
  const serverNameOf = (values: Attributes) => String(values['server_name']).toLowerCase();
  return defineToxicType({
    name,
    attributes,
    refuse: values => refuseServerName(serverNameOf(values)) ?? refuse?.(own(values)),
    tls: {match: serverNameOf, treat: values => treat(own(values))},
  });
}

function refuseServerName(pattern: string): string | undefined {
  return pattern.length > longestPattern
    ? `server_name must have at most ${longestPattern} characters`
    : undefined;
}
