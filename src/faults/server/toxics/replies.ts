// redis_error, postgres_error and so on: what a server says when it is in trouble, in its place.

import {type ErrorChoice, refuseError, serverErrorKinds, toxicOf} from '../../../model/server-errors.ts';
import {defineToxicType} from '../toxic-type.ts';

export const replyToxics = serverErrorKinds.map(kind =>
  defineToxicType({
    name: toxicOf(kind),
    attributes: {
      /** A code of the protocol's table. */
      error: {kind: 'string', initial: ''},
      /** Its text; empty: the usual one. */
      message: {kind: 'string', initial: ''},
      /** Commands with spaces between; empty: any. */
      command: {kind: 'string', initial: ''},
      /** A pattern of the key, or of what the protocol has in its place; empty: any. */
      key: {kind: 'string', initial: ''},
      /** `usual`, `connect`, `command` or `unasked`. */
      when: {kind: 'string', initial: 'usual'},
      /** `usual`, `none`, `close` or `abort`. */
      ending: {kind: 'string', initial: 'usual'},
    },
    refuse: (values: ErrorChoice) => refuseError(kind, values),
    reply: kind,
  }),
);
