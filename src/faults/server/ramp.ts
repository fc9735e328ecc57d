// Attributes of a toxic that change evenly from their value to another one, from when the toxic comes into force.
// They are read each time they are used, so that live connections feel the ramp as new ones do.

import {type Field, integerField, objectField, readBody} from './go-fields.ts';
import type {JsonValue} from './go-json.ts';
import {type Attributes, type AttributeValue, attributeFields, type ToxicType} from './toxic-type.ts';

/** What a client gave; both are absent where there is no ramp. */
export type RampRequest = {
  /** The values at the ramp's end, by attribute. */
  readonly ramp_to?: Readonly<Record<string, AttributeValue>>;
  /** Milliseconds. */
  readonly ramp_over?: number;
};

export class Ramp {
  readonly request: RampRequest;
  #startedMs: number | null = null;

  constructor(request: RampRequest) {
    this.request = request;
  }

  /** The first call counts: a toxic that comes into force again goes on where it is. */
  start(): void {
    this.#startedMs ??= performance.now();
  }

  /** A view of the attributes that is always up to date. */
  over(attributes: Attributes): Attributes {
    const {ramp_to: targets} = this.request;
    if (targets === undefined) return attributes;
    const view = {...attributes};
    for (const [name, target] of Object.entries(targets)) {
      const [from, to] = [Number(attributes[name]), Number(target)];
      Object.defineProperty(view, name, {enumerable: true, get: () => from + (to - from) * this.#share()});
    }
    return view;
  }

  /** Why this ramp cannot be had with these attributes, or null. */
  refuse(type: ToxicType, attributes: Attributes): string | null {
    const {ramp_to: targets, ramp_over: overMs} = this.request;
    if (targets === undefined && overMs === undefined) return null;
    if (targets === undefined || overMs === undefined) return 'ramp_to and ramp_over need each other';
    if (overMs < 1) return 'ramp_over must be at least 1 ms';
    for (const [name, to] of Object.entries(targets)) {
      const least = type.ramps[name];
      if (least === undefined) return `${name} of ${type.name} has no ramp`;
      if (Number(attributes[name]) < least || Number(to) < least)
        return `a ramp of ${name} needs values of at least ${least}`;
    }
    return null;
  }

  #share(): number {
    const {ramp_over: overMs = 1} = this.request;
    const elapsedMs = this.#startedMs === null ? 0 : performance.now() - this.#startedMs;
    return Math.min(1, elapsedMs / overMs);
  }
}

/** Reads the ramp of a toxic from the body of a request. The problem, if any, is in Go's words. */
export const readRamp = (body: JsonValue, type: ToxicType): {ramp: Ramp; problem: string | null} => {
  const request: {ramp_to?: Record<string, AttributeValue>; ramp_over?: number} = {};
  const targets: Record<string, AttributeValue> = {};
  const goType = `toxics.${type.goName}`;
  const readTargets = objectField(goType, type.goName, attributeFields(type, targets));
  const to: Field = (value, place) => {
    request.ramp_to = targets;
    return readTargets(value, place);
  };
  const over = integerField('int64', value => {
    request.ramp_over = value;
  });
  const problem = readBody(body, 'toxics.ToxicWrapper', 'ToxicWrapper', {ramp_to: to, ramp_over: over});
  return {ramp: new Ramp(request), problem};
};
