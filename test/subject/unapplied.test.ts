// Instrumentations that patched nothing of what they are for.

import type {Instrumentation} from '@opentelemetry/instrumentation';
import test from 'ava';
import {unappliedOf} from '../../src/subject/unapplied.ts';

type Definitions = readonly {
  readonly name: string;
  readonly supportedVersions: readonly string[];
  readonly moduleExports?: unknown;
  readonly files?: readonly {readonly moduleExports?: unknown}[];
}[];

const of = (definitions: Definitions): Instrumentation =>
  ({
    instrumentationName: 'of-a',
    instrumentationVersion: '1.0.0',
    _modules: definitions,
  }) as unknown as Instrumentation;

const definition = {name: 'a', supportedVersions: ['>=2 <6']};

test('one that is for a package that the scenario imports and has not patched it is told', t => {
  t.deepEqual(unappliedOf([of([definition, {...definition, supportedVersions: ['7']}])], {a: '6.0.0'}), [
    {instrumentation: 'of-a 1.0.0', package: 'a', version: '6.0.0', supports: '>=2 <6 || 7'},
  ]);
});

test('one that has patched anything, or is for something else, or patches nothing at all, is not', t => {
  t.deepEqual(unappliedOf([of([definition, {...definition, moduleExports: {}}])], {a: '6.0.0'}), []);
  t.deepEqual(unappliedOf([of([{...definition, files: [{}, {moduleExports: {}}]}])], {a: '6.0.0'}), []);
  t.deepEqual(unappliedOf([of([definition])], {b: '6.0.0'}), []);
  t.deepEqual(unappliedOf([of([]), {} as Instrumentation], {a: '6.0.0'}), []);
});
