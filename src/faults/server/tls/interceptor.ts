// Lets a TLS toxic act on a handshake, once the ClientHello has come. Its answer goes through the downstream toxics.

import type {Toxic} from '../toxic.ts';
import {type ClosingConnection, closeAsUpstream} from '../upstream-close.ts';
import type {ClientHello} from './client-hello.ts';
import type {TakenHandshake, TlsRules} from './rules.ts';
import {type InsideTls, type TerminatedConnection, terminate} from './termination.ts';

export type HandshakeHost = TerminatedConnection & {
  readonly rules: TlsRules;
  readonly acted: (toxic: Toxic) => void;
  readonly closedEarly: () => void;
  /** A client that accepts a wrong certificate gets through: what it says then can be followed. */
  readonly inside: (inside: InsideTls) => void;
  readonly closed: (by: 'client' | 'upstream') => void;
};

const alertRecord = 21;
const fatal = 2;

/** @param received all that the client has sent, of which nothing passes */
export const actOnHandshake = (
  host: HandshakeHost,
  {toxic, action}: TakenHandshake,
  hello: ClientHello,
  received: Buffer,
): void => {
  const {rules, acted, closedEarly, inside, closed} = host;
  acted(toxic);
  switch (action.kind) {
    case 'end':
      if (action.ending === 'half-close') closedEarly();
      closeAsUpstream(host, action.ending);
      break;
    case 'alert':
      closedEarly();
      answerWithAlert(host, action.description);
      break;
    case 'certificate':
      terminate(host, {
        hello,
        received,
        certificateFor: clientHost => rules.certificates.for(action.problem, clientHost),
        inside,
        closed,
      });
      break;
  }
};

/** A fatal alert in plain text, and a FIN. */
export const answerWithAlert = (closing: ClosingConnection, description: number): void => {
  closing.down.accept(Buffer.from([alertRecord, 3, 3, 0, 2, fatal, description]));
  closeAsUpstream(closing, 'half-close');
};
