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
  ['github.com/redis/go-redis/v9@v9.5.0', {name: 'github.com/redis/go-redis/v9', spec: 'v9.5.0'}],
  ['redis.clients:jedis@5.1.0', {name: 'redis.clients:jedis', spec: '5.1.0'}],
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

const program = (requirements?: string): Plan =>
  ({
    ...plan,
    supports: undefined,
    program: {command: ['python3', 'client.py'], ...(requirements !== undefined && {requirements})},
  }) as unknown as Plan;

const variantNames: readonly (readonly [name: string, spec: string, variant: string])[] = [
  ['redis', '5.0.0', 'redis-5-0-0'],
  ['github.com/redis/go-redis/v9', 'v9.5.0', 'go-redis-v9-5-0'],
  ['gopkg.in/yaml.v3', 'v3.0.1', 'yaml-v3-v3-0-1'],
  ['redis.clients:jedis', '5.1.0', 'jedis-5-1-0'],
  [`example.com/${'long-'.repeat(20)}name`, 'v1.2.3', `g-${'long-'.repeat(10)}name-v1-2-3`],
];
for (const [name, spec, variant] of variantNames) {
  test(`of a program, too: ${name} ${spec} is the variant ${variant}`, t => {
    const {variants} = against(program('app/requirements.txt'), [{name, spec}]);
    t.is(variants[0].name, variant);
    t.deepEqual(variants[0].packages, {[name]: spec});
    t.is(variants[1]!.change, `Use the version in requirements.txt instead of ${name} ${spec}.`);
  });
}

test('a program whose packages are not known is refused', t => {
  const error = t.throws(() => against(program(), [{name: 'redis', spec: '5.0.0'}]), {code: 'FW_USAGE'});
  t.is(
    error?.message,
    `--against replaces a package of a program's requirements, but the program of "redis" has no \`requirements\`.`,
  );
});
