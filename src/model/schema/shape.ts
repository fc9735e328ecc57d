// What the schemas are built from, and how they become types. Only the process that describes a scenario and the readers of
// saved runs load them: all others import nothing but the types, and so do without zod.
import {z} from 'zod';
import type {Json} from '../json.ts';

/** Data as it is passed between processes: readonly throughout, and absent instead of undefined. */
export type Plain<T> = [Json] extends [T]
  ? T
  : T extends (...args: never[]) => unknown
    ? T
    : T extends object
      ? {readonly [key in keyof T]: Plain<Exclude<T[key], undefined>>}
      : T;

/** What a scenario may say by a schema. */
export type Input<Schema extends z.ZodType> = Plain<z.input<Schema>>;

/** What the schema makes of it: what was left out has its default. */
export type Output<Schema extends z.ZodType> = Plain<z.output<Schema>>;

/** As `z.strictObject`, whose own type would lose the comments of the properties in the package's declarations. */
export const strict = <Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape) as z.ZodObject<Shape, z.core.$strict>;
