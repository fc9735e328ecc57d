// One toxic of a proxy: a type with its attributes, on one stream, with a probability.

import type {StreamDirection} from '../../model/proxy-witness.ts';
import {badRequestBody, invalidStream, invalidToxicType} from './api-error.ts';
import {type Moment, type MomentRequest, momentFields, momentJson, readMoment} from './exchanges.ts';
import {floatField, objectField, readBody, stringField} from './go-fields.ts';
import {type JsonValue, toGoJson} from './go-json.ts';
import {type Ramp, readRamp} from './ramp.ts';
import {refuseScope, type Scope, Selection, scopeFields, scopeJson} from './scope.ts';
import {
  type Attributes,
  attributeFields,
  initialAttributes,
  type Shared,
  type ToxicType,
} from './toxic-type.ts';
import {toxicTypes} from './toxics/registry.ts';

export class Toxic {
  readonly name: string;
  readonly type: ToxicType;
  readonly direction: StreamDirection;
  readonly scope: Scope;
  readonly selection: Selection;
  readonly ramp: Ramp;
  /** Where on a connection it begins to act; null: wherever that is. */
  readonly moment: Moment | null;
  readonly shared: Shared = {freeMs: 0};
  /** Whether it acts now; its scope may begin later, and end. */
  isInForce = false;
  /** How many down-times it has had, those that its dice spared included: each has dice of its own. */
  downtimes = 0;
  /** The stream as the client wrote it, which is how it is shown. */
  readonly #stream: string;
  readonly #momentRequest: MomentRequest;
  #attributes: Attributes;
  #toxicity: number;

  constructor(fields: ToxicFields, type: ToxicType) {
    this.name = fields.name;
    this.type = type;
    this.direction = directionOf(fields.stream);
    this.scope = fields.scope;
    const {nth = 0, first_n: firstN = Infinity, hit_limit: hitLimit = Infinity} = fields.scope;
    this.selection = new Selection({nth: Math.max(1, nth), firstN, hitLimit});
    this.ramp = fields.ramp;
    this.moment = fields.moment;
    this.#momentRequest = fields.momentRequest;
    this.#stream = fields.stream;
    this.#attributes = initialAttributes(type);
    this.#toxicity = fields.toxicity;
  }

  /** Their current values: one with a ramp changes. */
  get attributes(): Attributes {
    return this.ramp.over(this.#attributes);
  }

  /** Probability that it is active on a link, a float32; not checked to be in 0…1. */
  get toxicity(): number {
    return this.#toxicity;
  }

  /** Merges a body's attributes and, on an update, its toxicity. Throws ApiError 400 and then changes nothing. */
  merge(body: JsonValue, reads: 'attributes' | 'attributes-and-toxicity'): void {
    const attributes = {...this.#attributes};
    let toxicity = this.#toxicity;
    const goType = `toxics.${this.type.goName}`;
    const isUpdate = reads === 'attributes-and-toxicity';
    const problem = readBody(body, updateGoType, '', {
      attributes: objectField(goType, this.type.goName, attributeFields(this.type, attributes)),
      ...(isUpdate && {
        toxicity: floatField('float32', value => {
          toxicity = value;
        }),
      }),
    });
    const refusal = problem ?? this.type.refuse(attributes) ?? this.ramp.refuse(this.type, attributes);
    if (refusal !== null) throw badRequestBody(refusal);
    this.#attributes = attributes;
    this.#toxicity = toxicity;
  }

  toJson(): string {
    const attributes = Object.entries(this.#attributes)
      .map(
        ([name, value]) =>
          `${toGoJson(name)}:${typeof value === 'number' ? numberText(value) : toGoJson(value)}`,
      )
      .join(',');
    const {name, type, scope} = this;
    const {request: ramp} = this.ramp;
    const toxicity = shortest(this.#toxicity);
    const rest = toGoJson({
      name,
      type: type.name,
      stream: this.#stream,
      toxicity,
      ...scopeJson(scope),
      ...momentJson(this.#momentRequest),
      ...ramp,
    });
    return `{"attributes":{${attributes}},${rest.slice(1)}`;
  }
}

export type ToxicFields = {
  readonly name: string;
  readonly stream: string;
  readonly toxicity: number;
  readonly scope: Scope;
  readonly ramp: Ramp;
  readonly moment: Moment | null;
  readonly momentRequest: MomentRequest;
};

/**
 * Makes a toxic from the body of a request. `checkName` may refuse its name.
 * Throws ApiError 400, in Toxiproxy's order: the body, the stream, the type, the name, the attributes.
 */
export const createToxic = (body: JsonValue, checkName: (name: string) => void): Toxic => {
  let name = '';
  let typeName = '';
  let stream = 'downstream';
  let toxicity = 1;
  const scope = {};
  const momentRequest: MomentRequest = {};
  const problem = readBody(body, 'toxics.ToxicWrapper', 'ToxicWrapper', {
    attributes: objectField('toxics.NoopToxic', 'NoopToxic', {}),
    name: stringField(value => {
      name = value;
    }),
    type: stringField(value => {
      typeName = value;
    }),
    stream: stringField(value => {
      stream = value;
    }),
    toxicity: floatField('float32', value => {
      toxicity = value;
    }),
    ...scopeFields(scope),
    ...momentFields(momentRequest),
  });
  if (problem !== null) throw badRequestBody(problem);
  directionOf(stream);
  const type = toxicTypes.get(typeName);
  if (type === undefined) throw invalidToxicType();
  const {ramp, problem: rampProblem} = readRamp(body, type);
  const refusal = refuseScope(scope) ?? rampProblem;
  if (refusal !== null) throw badRequestBody(refusal);
  const moment = readMoment(momentRequest);
  if (typeof moment === 'string') throw badRequestBody(moment);
  if (moment !== null && type.run === null)
    throw badRequestBody(
      `exchange is for what acts on the bytes of a connection, which ${typeName} does not`,
    );
  const own = {name: name === '' ? `${typeName}_${stream}` : name, stream, toxicity};
  const fields = {...own, scope, ramp, moment, momentRequest};
  checkName(fields.name);
  const toxic = new Toxic(fields, type);
  toxic.merge(body, 'attributes');
  return toxic;
};

const updateGoType =
  'struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }';

const directionOf = (stream: string): StreamDirection => {
  const direction = stream.toLowerCase();
  if (direction === 'upstream' || direction === 'downstream') return direction;
  throw invalidStream();
};

/** Whole numbers beyond 2^53 are printed digit by digit and kept within int64, so that Go clients can read them. */
const numberText = (value: number): string => {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return toGoJson(value);
  const limit = 2n ** 63n;
  const integer = BigInt(value);
  return String(integer >= limit ? limit - 1n : integer);
};

/** The number with the fewest digits that is the same float32: 0.1, not 0.10000000149011612. */
const shortest = (float32: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(float32.toPrecision(digits));
    if (Math.fround(candidate) === float32) return candidate;
  }
  return Number(float32.toPrecision(9));
};
