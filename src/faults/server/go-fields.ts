// Takes the fields of a request body as Go's decoder fills a struct: keys in any case, null is "not given", unknown
// keys are ignored, and the first value of a wrong type is reported in Go's words.

import type {JsonValue} from './go-json.ts';

/** Where a field stands: the Go struct that holds it and the path of keys that leads to it. */
type Place = {readonly struct: string; readonly path: string};

/** Takes one value. Returns what is wrong with it, in Go's words, or null. */
export type Field = (value: JsonValue, place: Place) => string | null;

type Fields = Readonly<Record<string, Field>>;

/**
 * Reads a whole body into fields. `goType` is the Go type that Toxiproxy would name in an error.
 * Returns the first problem; the fields without a problem are taken all the same.
 */
export const readBody = (value: JsonValue, goType: string, struct: string, fields: Fields): string | null => {
  if (value.kind === 'null') return null;
  if (value.kind !== 'object') return wrongValue(value, goType);
  return readMembers(value, {struct, path: ''}, fields);
};

export const wrongValue = (value: JsonValue, goType: string): string =>
  `json: cannot unmarshal ${value.kind} into Go value of type ${goType}`;

/** A field that is an object itself; `struct` is its Go type's short name. */
export const objectField =
  (goType: string, struct: string, fields: Fields): Field =>
  (value, place) =>
    value.kind === 'object'
      ? readMembers(value, {struct, path: place.path}, fields)
      : wrongField(value, place, goType);

export const stringField =
  (take: (value: string) => void): Field =>
  (value, place) =>
    value.kind === 'string' ? taken(take, value.value) : wrongField(value, place, 'string');

export const boolField =
  (take: (value: boolean) => void): Field =>
  (value, place) =>
    value.kind === 'bool' ? taken(take, value.value) : wrongField(value, place, 'bool');

/** A number in Go's float32 or float64; one too large for it is refused. */
export const floatField =
  (goType: 'float32' | 'float64', take: (value: number) => void): Field =>
  (value, place) => {
    if (value.kind !== 'number') return wrongField(value, place, goType);
    const number = goType === 'float32' ? Math.fround(Number(value.text)) : Number(value.text);
    if (!Number.isFinite(number)) return wrongField(value, place, goType, value.text);
    return taken(take, number);
  };

/** A whole number: neither 1.5 nor 1e3. Beyond 2^53 the nearest double is taken. */
export const integerField = (goType: 'int' | 'int64', take: (value: number) => void): Field => {
  return (value, place) => {
    if (value.kind !== 'number') return wrongField(value, place, goType);
    const isInteger = /^-?\d+$/.test(value.text) && value.text.length <= 20;
    if (!isInteger || BigInt.asIntN(64, BigInt(value.text)) !== BigInt(value.text)) {
      return wrongField(value, place, goType, value.text);
    }
    return taken(take, Number(value.text) + 0); // -0 becomes 0
  };
};

const taken = <T>(take: (value: T) => void, value: T): null => {
  take(value);
  return null;
};

const readMembers = (object: JsonValue & {kind: 'object'}, place: Place, fields: Fields): string | null => {
  let problem: string | null = null;
  for (const [key, value] of object.members) {
    const name = fieldName(key, fields);
    if (name === null || value.kind === 'null') continue;
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const wrong = fields[name]?.(value, {struct: place.struct, path}) ?? null;
    problem ??= wrong;
  }
  return problem;
};

const fieldName = (key: string, fields: Fields): string | null => {
  if (Object.hasOwn(fields, key)) return key;
  return Object.keys(fields).find(name => name.toLowerCase() === key.toLowerCase()) ?? null;
};

const wrongField = (value: JsonValue, {struct, path}: Place, goType: string, text?: string): string => {
  const what = text === undefined ? value.kind : `${value.kind} ${text}`;
  return `json: cannot unmarshal ${what} into Go struct field ${struct}.${path} of type ${goType}`;
};
