// Checks HTTP faults, as scenarios in plain JavaScript may write them by hand.
import {z} from 'zod';
import {count, scope} from './fault-scope-schema.ts';

const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

const requests = {
  method: z
    .string()
    .regex(/^[A-Za-z-]*$/, 'must be a method such as GET')
    .default(''),
  path: z.string().max(256).default(''),
  ...scope,
};
export const httpFaultSchemas = [
  z.strictObject({
    kind: z.literal('httpStatus'),
    status: z.number().int().min(400).max(599),
    retryAfter: z
      .string()
      .refine(text => text === '' || /^\+?\d{1,9}$/.test(text) || httpDate.test(text), {
        error: 'must be whole seconds, or an HTTP date',
      })
      .default(''),
    body: z.string().default(''),
    contentType: z
      .string()
      .regex(/^[\x20-\x7e]+$/)
      .default('text/plain; charset=utf-8'),
    close: z.boolean().default(false),
    ...requests,
  }),
  z
    .strictObject({
      kind: z.literal('httpFault'),
      stage: z.enum(['request', 'response']),
      action: z.enum(['hang', 'close', 'abort', 'finish']),
      cutRatio: z.number().min(0).max(1).nullable().default(null),
      cutBytes: count.nullable().default(null),
      ...requests,
    })
    .refine(fault => fault.stage === 'response' || fault.action !== 'finish', {
      error: "takes the action 'finish' only with stage 'response'",
    })
    .refine(fault => fault.cutRatio === null || fault.cutBytes === null, {
      error: 'takes cutRatio or cutBytes, not both',
    }),
  z.strictObject({kind: z.literal('slowBody'), bytesPerSecond: count.min(1), ...requests}),
  z.strictObject({
    kind: z.literal('wrongContentLength'),
    differenceBytes: z
      .number()
      .int()
      .refine(bytes => bytes !== 0, {error: 'must not be 0'}),
    close: z.boolean().default(false),
    ...requests,
  }),
  z.strictObject({kind: z.literal('dropKeepAlive'), announce: z.boolean().default(true), ...requests}),
] as const;
