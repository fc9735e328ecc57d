// What every toxic may have beyond Toxiproxy's fields: which and how many connections it takes, and when.

import {type Field, integerField} from './go-fields.ts';

const names = ['nth', 'first_n', 'hit_limit', 'start_after', 'duration', 'every'] as const;

/** Connections, and milliseconds. A field that was not given is absent, here and in JSON. */
export type Scope = {readonly [Name in (typeof names)[number]]?: number};

/** The fields that read a scope from a request body and put it into `scope`. */
export const scopeFields = (scope: {-readonly [Name in keyof Scope]: Scope[Name]}): Record<string, Field> =>
  Object.fromEntries(
    names.map(name => [
      name,
      integerField('int64', value => {
        scope[name] = value;
      }),
    ]),
  );

/** Why this scope cannot be had, or null. */
export const refuseScope = (scope: Scope): string | null => {
  const name = names.find(name => (scope[name] ?? 0) < 0);
  if (name !== undefined) return `${name} must not be negative`;
  const {duration = 0, every} = scope;
  if (every === undefined) return null;
  return duration > 0 && duration < every ? null : 'every needs a duration, and must be more than it';
};

/** In a fixed order, whatever the client's was. */
export const scopeJson = (scope: Scope): Scope =>
  Object.fromEntries(names.flatMap(name => (scope[name] === undefined ? [] : [[name, scope[name]]])));
