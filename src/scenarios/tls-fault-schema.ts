// Checks TLS faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';
import {scope} from './fault-scope-schema.ts';

export const tlsFaultSchemas = [
  z.strictObject({kind: z.literal('tlsClose'), reset: z.boolean().default(false), ...scope}),
  z.strictObject({
    kind: z.literal('tlsAlert'),
    alert: z
      .number({error: 'give the number of an alert, or call tlsAlert() with its name'})
      .int()
      .min(0)
      .max(255)
      .default(40),
    ...scope,
  }),
  z.strictObject({
    kind: z.literal('wrongCertificate'),
    problem: z.enum(['untrusted', 'self-signed', 'expired', 'wrong-host']),
    ...scope,
  }),
] as const;
