// What --all, --storm and --against make of a plan, and which of them go together.
import test from 'ava';
import {packNames, planArgs, refuseContradictions, reshapeOf} from '../../src/cli/plan-choice.ts';
import type {Plan} from '../../src/model/plan.ts';
import {languages, pack} from '../../src/scenarios/pack.ts';
import {findStorm} from '../../src/scenarios/storms.ts';

const plan = {
  name: 'mine',
  variants: [
    {name: 'defaults', options: {}, change: null, process: {env: {}}},
    {name: 'bounded', options: {}, change: 'Bound it.', process: {env: {}}},
  ],
  phases: [{name: 'baseline', role: 'baseline', durationMs: 100, faults: []}],
  goals: {},
} as unknown as Plan;

const names = ({variants}: Plan): string[] => variants.map(({name}) => name);
const quick = findStorm('quick')!;

test('without a choice the plan is the scenario’s', t => {
  t.deepEqual(reshapeOf({}, '/here')(plan), plan);
});

test('of the whole pack the first variants are driven, or every one', t => {
  t.deepEqual(names(reshapeOf({all: true}, '/here')(plan)), ['defaults']);
  t.deepEqual(names(reshapeOf({all: true, everyVariant: true}, '/here')(plan)), ['defaults', 'bounded']);
});

test('another version and other weather go together; a folder is named from where the user is', t => {
  const against = [{name: 'mine', spec: 'file:../mine'}];
  const made = reshapeOf({storm: quick, against}, '/home/me/work')(plan);
  t.deepEqual(names(made), ['mine-file-home-me-mine', 'defaults']);
  t.deepEqual(made.variants[0].packages, {mine: 'file:/home/me/mine'});
  t.is(made.phases, quick.phases);
});

for (const language of languages) {
  test(`--all are the libraries of the pack, and in a storm of HTTP those that speak it: ${language}`, t => {
    const libraries = pack.filter(entry => entry.kind === 'library' && entry.language === language);
    t.deepEqual(
      packNames({language: [language]}),
      libraries.map(({name}) => name),
    );
    t.deepEqual(
      packNames({language: [language], storm: findStorm('http')!}),
      libraries.filter(({speaks}) => speaks === 'http').map(({name}) => name),
    );
  });
}

test('--all without a language are the libraries of JavaScript', t => {
  t.deepEqual(packNames({}), packNames({language: ['javascript']}));
});

test('several languages one after the other', t => {
  const names = packNames({language: ['python', 'java'], storm: findStorm('redis')!});
  t.deepEqual(names, ['python-redis', 'java-jedis']);
});

test('in a storm of gRPC --all are the libraries that speak it', t => {
  const storm = findStorm('grpc')!;
  t.deepEqual(packNames({storm}), ['grpc-unary', 'grpc-stream']);
  t.throws(() => refuseContradictions(['fetch'], {storm}), {code: 'FW_USAGE', message: /a client of gRPC/});
});

test('in a storm of a protocol --all are the libraries whose server speaks it', t => {
  t.deepEqual(packNames({storm: findStorm('redis')!}), ['ioredis', 'redis', 'bullmq']);
  t.deepEqual(packNames({storm: findStorm('mysql')!}), ['mysql2']);
  t.deepEqual(packNames({storm: findStorm('http2')!}), []);
  t.deepEqual(packNames({storm: 'auto'}), packNames({}));
});

const withTarget = (target: Plan['target'], name = 'mine'): Plan => ({...plan, name, target});

const automatic: readonly (readonly [storm: string, plan: Plan, target?: string])[] = [
  ['redis', withTarget({kind: 'service', service: 'redis'})],
  ['mysql', withTarget({kind: 'service', service: 'mariadb'})],
  ['standard', withTarget({kind: 'service', service: 'memcached'})],
  ['http', withTarget({kind: 'http', thinkTimeMs: 0})],
  ['http', withTarget({kind: 'url', url: 'https://api.example.com'})],
  ['postgres', withTarget({kind: 'custom'}), 'postgresql://127.0.0.1:5432/x'],
  ['standard', withTarget({kind: 'service', service: 'redis'}), 'rediss://cache.example.com'],
  ['standard', withTarget({kind: 'custom'})],
  ['grpc', withTarget({kind: 'custom'}, 'grpc-unary')],
];

for (const [storm, described, target] of automatic) {
  test(`--storm auto: ${storm} for ${JSON.stringify(described.target)} ${described.name} ${target ?? ''}`, t => {
    const options = {storm: 'auto', ...(target !== undefined && {target})} as const;
    const made = reshapeOf(options, '/here')(described);
    t.is(made.storm, storm);
    t.is(made.phases, findStorm(storm)!.phases);
  });
}

test('a storm of another protocol than the server speaks is refused, and one of HTTP/2 is not for the built-in server', t => {
  const inStorm = (name: string, described: Plan) => () =>
    reshapeOf({storm: findStorm(name)!}, '/here')(described);
  const redis = withTarget({kind: 'service', service: 'redis'});
  const message = 'The storm "postgres" needs a client of PostgreSQL, and mine is not one.';
  t.throws(inStorm('postgres', redis), {code: 'FW_USAGE', message});
  t.throws(inStorm('http', redis), {code: 'FW_USAGE'});
  t.throws(inStorm('http2', withTarget({kind: 'http', thinkTimeMs: 0})), {code: 'FW_USAGE'});
  t.notThrows(inStorm('http2', withTarget({kind: 'url', url: 'https://api.example.com'})));
  t.notThrows(inStorm('postgres', withTarget({kind: 'custom'})));
});

test('the inside of a library may stand in a storm of HTTP where it speaks that', t => {
  const storm = findStorm('http')!;
  t.notThrows(() => refuseContradictions(['inside-cache'], {storm}));
  t.throws(() => refuseContradictions(['inside-pool'], {storm}), {code: 'FW_USAGE'});
});

test('the words that ask for it again', t => {
  t.deepEqual(planArgs({}), []);
  const against = [{name: '@scope/x', spec: '>=1 <2'}];
  t.deepEqual(planArgs({storm: quick, against}), ['--storm quick', "--against '@scope/x@>=1 <2'"]);
  t.deepEqual(planArgs({storm: 'auto'}), ['--storm auto']);
});

const contradictions: readonly (readonly [
  what: string,
  scenarios: readonly string[],
  options: Parameters<typeof refuseContradictions>[1],
])[] = [
  ['--all beside a scenario', ['a'], {all: true}],
  ['--every-variant without --all', [], {everyVariant: true}],
  ['--language without --all', [], {language: ['python']}],
  ['--variant of the whole pack', [], {all: true, variant: ['bounded']}],
  ['one server for the whole pack', [], {all: true, target: 'redis://127.0.0.1:6379'}],
  ['a precision of libraries with one variant', [], {all: true, untilPrecise: 0.1}],
  ['faults of HTTP on a library that speaks none', ['redis'], {storm: findStorm('http')!}],
  ['a storm for no library of the pack', [], {all: true, storm: findStorm('http2')!}],
  ['errors of Redis on a library of PostgreSQL', ['pg'], {storm: findStorm('redis')!}],
  ['--against of the whole pack', [], {all: true, against: [{name: 'a', spec: '1'}]}],
];
for (const [what, scenarios, options] of contradictions) {
  test(`refused: ${what}`, t => {
    t.throws(() => refuseContradictions(scenarios, options), {code: 'FW_USAGE'});
  });
}
