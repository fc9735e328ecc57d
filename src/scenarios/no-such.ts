// A mistyped kind in a scenario: what was meant, instead of a list of all that there are.
import type {z} from 'zod';
import {didYouMean} from './nearest.ts';

type Issue = Parameters<Exclude<z.core.$ZodErrorMap, undefined>>[0];

/** An error map for a discriminated union of `what`; other mistakes keep their messages. */
export const noSuch =
  (what: string) =>
  (issue: Issue): string | undefined => {
    if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return undefined;
    const known = (issue['options'] as readonly string[] | undefined) ?? [];
    const given = (issue.input as Readonly<Record<string, unknown>> | undefined)?.[issue.discriminator];
    if (typeof given !== 'string') return `say which ${what} is meant. Known: ${known.join(', ')}.`;
    return `there is no ${what} «${given}». ${didYouMean(given, known)}`;
  };
