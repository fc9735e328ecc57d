// Checks TLS faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';
import {scope} from './fault-scope-schema.ts';

const handshakes = {serverName: z.string().max(256).default(''), ...scope};

export const tlsFaultSchemas = [
  z.strictObject({kind: z.literal('tlsClose'), reset: z.boolean().default(false), ...handshakes}),
  z.strictObject({
    kind: z.literal('tlsAlert'),
    alert: z
      .number({error: 'must be the number of an alert; tlsAlert() takes its name'})
      .int()
      .min(0)
      .max(255)
      .default(40),
    ...handshakes,
  }),
  z.strictObject({
    kind: z.literal('wrongCertificate'),
    problem: z.enum(['untrusted', 'self-signed', 'expired', 'wrong-host']),
    ...handshakes,
  }),
] as const;
