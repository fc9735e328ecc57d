// What clients send to create, update and populate proxies.

import {badRequestBody} from './api-error.ts';
import {boolField, type Field, objectField, readBody, stringField, wrongValue} from './go-fields.ts';
import {GoJsonError, type JsonValue, parseFirstValue} from './go-json.ts';
import type {Interception} from './interceptors.ts';
import type {ProxyRequest} from './proxies.ts';

type Fields<T> = {-readonly [K in keyof T]?: T[K]};

/** What a body gives of a proxy; absent fields were not given. */
export type GivenProxy = Fields<ProxyRequest>;

/** Reads a body. Throws ApiError 400. */
export const readJson = (body: Buffer): JsonValue => {
  try {
    return parseFirstValue(body);
  } catch (error) {
    if (error instanceof GoJsonError) throw badRequestBody(error.message);
    throw error;
  }
};

/** Throws ApiError 400. */
export const readProxy = (body: Buffer): GivenProxy => {
  const given: GivenProxy = {};
  const problem = readBody(readJson(body), 'toxiproxy.Proxy', 'Proxy', {
    ...addressFields(given),
    enabled: boolField(value => {
      given.enabled = value;
    }),
  });
  if (problem !== null) throw badRequestBody(problem);
  return given;
};

/** Throws ApiError 400. */
export const readPopulation = (body: Buffer): readonly ProxyRequest[] => {
  const value = readJson(body);
  if (value.kind === 'null') return [];
  if (value.kind !== 'array') throw badRequestBody(wrongValue(value, `[]${populateGoType}`));
  let problem: string | null = null;
  const requests = value.items.map(item => {
    const given: GivenProxy = {};
    const wrong = readBody(item, populateGoType, '', {
      ...inEmbeddedStruct('Proxy', addressFields(given)),
      enabled: boolField(value => {
        given.enabled = value;
      }),
    });
    problem ??= wrong;
    return toRequest(given);
  });
  if (problem !== null) throw badRequestBody(problem);
  return requests;
};

export const toRequest = ({
  name = '',
  listen = '',
  upstream = '',
  enabled = true,
  protocol = '',
  passEnds = false,
}: GivenProxy): ProxyRequest => ({
  name,
  listen,
  upstream,
  enabled,
  protocol,
  passEnds,
});

/** The toxics that each proxy of a population is given, which Toxiproxy ignores. Throws ApiError 400. */
export const readPopulatedToxics = (body: Buffer): readonly (readonly JsonValue[])[] => {
  const value = readJson(body);
  if (value.kind !== 'array') return [];
  return value.items.map((item, index) => {
    let toxics: readonly JsonValue[] = [];
    const problem = readBody(item, populateGoType, '', {
      toxics(given) {
        if (given.kind !== 'array') return `toxics must be an array at proxy ${index + 1}`;
        toxics = given.items;
        return null;
      },
    });
    if (problem !== null) throw badRequestBody(problem);
    return toxics;
  });
};

/** A body may be left out. Throws ApiError 400. */
export const readInterception = (body: Buffer): Interception => {
  let authorities = '';
  let host = '';
  if (body.length > 0) {
    const problem = readBody(readJson(body), 'foulweather.Interception', 'Interception', {
      authorities: stringField(value => {
        authorities = value;
      }),
      host: stringField(value => {
        host = value;
      }),
    });
    if (problem !== null) throw badRequestBody(problem);
  }
  return {authorities, host: host === '' ? null : host};
};

const populateGoType = 'struct { toxiproxy.Proxy; Enabled *bool "json:\\"enabled\\"" }';

const addressFields = (given: GivenProxy): Readonly<Record<string, Field>> => ({
  name: stringField(value => {
    given.name = value;
  }),
  listen: stringField(value => {
    given.listen = value;
  }),
  upstream: stringField(value => {
    given.upstream = value;
  }),
  protocol: stringField(value => {
    given.protocol = value;
  }),
  pass_ends: boolField(value => {
    given.passEnds = value;
  }),
  // Clients send back what they got, this stray field included.
  Logger: objectField('zerolog.Logger', 'Logger', {}),
});

/** Go names the embedded struct in the path of its fields. */
const inEmbeddedStruct = (name: string, fields: Readonly<Record<string, Field>>): Record<string, Field> =>
  Object.fromEntries(
    Object.entries(fields).map(([field, read]) => [
      field,
      (value, {struct, path}) => read(value, {struct, path: `${name}.${path}`}),
    ]),
  );
