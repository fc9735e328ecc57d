// --against: the plan of another version beside the installed one.
import test from 'ava';
import type {Plan} from '../../src/model/plan.ts';
import {against, parsePackageSpec} from '../../src/scenarios/version-comparison.ts';

const plan = {
  name: 'redis',
  supports: {redis: '>=4 <7'},
  variants: [
    {name: 'defaults', options: {a: 1}, change: null, process: {env: {}}},
    {name: 'bounded', options: {a: 2}, change: 'Bound it.', process: {env: {}}},
  ],
} as unknown as Plan;

const specs: readonly (readonly [text: string, parsed: ReturnType<typeof parsePackageSpec>])[] = [
  ['redis@5.8.0', {name: 'redis', spec: '5.8.0'}],
  ['@grpc/grpc-js@^1.9', {name: '@grpc/grpc-js', spec: '^1.9'}],
  ['undici@file:../undici', {name: 'undici', spec: 'file:../undici'}],
  ['redis', null],
  ['@grpc/grpc-js', null],
  ['redis@', null],
];
for (const [text, parsed] of specs) {
  test(`"${text}" is ${parsed === null ? 'no package with a version' : `${parsed.name}, ${parsed.spec}`}`, t => {
    t.deepEqual(parsePackageSpec(text), parsed);
  });
}

test('the other version is the baseline, with the options of the first variant, and the installed one the candidate', t => {
  const {variants} = against(plan, [{name: 'redis', spec: '5.8.0'}]);
  t.deepEqual(
    variants.map(({name, madeOf, options, packages, change}) => ({name, madeOf, options, packages, change})),
    [
      {name: 'redis-5-8-0', madeOf: 'defaults', options: {a: 1}, packages: {redis: '5.8.0'}, change: null},
      {
        name: 'defaults',
        madeOf: undefined,
        options: {a: 1},
        packages: undefined,
        change: 'Use the installed version instead of redis 5.8.0.',
      },
    ] as never,
  );
});

test('several versions are compared in turn', t => {
  const {variants} = against(plan, [
    {name: 'redis', spec: '^4'},
    {name: 'redis', spec: 'file:../redis'},
  ]);
  t.deepEqual(
    variants.map(({name}) => name),
    ['redis-4', 'redis-file-redis', 'defaults'],
  );
});

test('a version that the scenario is not written for is refused', t => {
  const error = t.throws(() => against(plan, [{name: 'redis', spec: '3.1.2'}]));
  t.like(error, {
    code: 'FW_USAGE',
    message: 'Scenario "redis" supports redis >=4 <7, which 3.1.2 is not.',
  });
});

test('what no range can be told of is left to the installation', t => {
  t.notThrows(() => against(plan, [{name: 'redis', spec: 'next'}]));
  t.notThrows(() => against({...plan, supports: {}}, [{name: 'other', spec: '1.0.0'}]));
});

test('a package that the scenario is not about is refused', t => {
  t.throws(() => against(plan, [{name: 'ioredis', spec: '5.0.0'}]), {
    code: 'FW_USAGE',
    message: 'Scenario "redis" does not test ioredis.',
  });
});

test('a version that is given twice is refused, however it is written', t => {
  const twice = ['5', '^5'].map(spec => ({name: 'redis', spec}));
  t.throws(() => against(plan, twice), {
    code: 'FW_USAGE',
    message: '--against names "redis-5" twice.',
  });
});
