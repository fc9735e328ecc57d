// One attribute against the registry: is it known, of the right type, current, stable?
import type {ConventionArea} from '../model/telemetry.ts';
import {registry} from './registry.ts';

const templates = Object.entries(registry.attributes)
  .filter(([, {type}]) => type.startsWith('template['))
  .map(([name, {type, ...facts}]) => ({prefix: `${name}.`, facts: {...facts, type: type.slice(9, -1)}}));

type Facts = (typeof registry.attributes)[string];

/** The registry's entry for a name, which may begin with that of a template; undefined where there is none. */
export const factsOf = (name: string): Facts | undefined =>
  Object.hasOwn(registry.attributes, name)
    ? registry.attributes[name]
    : templates.find(({prefix}) => name.startsWith(prefix))?.facts;

/** JSON and OTLP write a double without a fraction as an integer, and an array without elements has no type. */
export const isOfType = (actual: string, {type}: Facts): boolean =>
  actual === type ||
  type === 'any' ||
  (type === 'double' && actual === 'int') ||
  (type === 'double[]' && actual === 'int[]') ||
  (type.endsWith('[]') && actual === 'null[]');

const namespaces: {readonly [area in ConventionArea]: string} = {
  http: 'http.',
  db: 'db.',
  messaging: 'messaging.',
  rpc: 'rpc.',
  'gen-ai': 'gen_ai.',
};

/** An own name in a namespace of the conventions may mean something else one day. */
export const isInReservedNamespace = (name: string): boolean =>
  Object.values(namespaces).some(namespace => name.startsWith(namespace));
