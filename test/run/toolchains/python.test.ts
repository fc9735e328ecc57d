// What a requirements file lists, and what of it another version of a package changes.
import test from 'ava';
import {otherRequirements, requirementsIn} from '../../../src/run/toolchains/python.ts';

const lines: readonly (readonly [line: string, name: string | null, extras?: string])[] = [
  ['redis', 'redis'],
  ['redis==5.0.0', 'redis'],
  ['redis >= 4, < 6  # not the newest', 'redis'],
  ['psycopg[binary, pool]==3.3.9', 'psycopg', '[binary,pool]'],
  ['urllib3==2.8.0 ; python_version >= "3.9"', 'urllib3'],
  ['Flask-SQLAlchemy~=3.1', 'Flask-SQLAlchemy'],
  ['zope.interface (>=5)', 'zope.interface'],
  ['requests @ https://example.com/requests.whl', 'requests'],
  ['certifi==2026.10.19 \\\n    --hash=sha256:0123abcd', 'certifi'],
  ['', null],
  ['# redis==5.0.0', null],
  ['-r more.txt', null],
  ['-e .', null],
  ['-e /home/me/redis#egg=redis', 'redis'],
  ['--index-url https://packages.example.com/simple', null],
  ['./wheels/redis-5.0.0.whl', null],
  ['https://example.com/redis-5.0.0.whl', null],
  ['git+https://example.com/redis.git@main', null],
];

for (const [line, name, extras = ''] of lines) {
  test(`${JSON.stringify(line)} lists ${name === null ? 'no package' : `${name}${extras}`}`, t => {
    t.deepEqual(requirementsIn(line), name === null ? [] : [{name, extras}]);
  });
}

type Change = readonly [list: string, others: {readonly [name: string]: string}, text: string];

const changes: {readonly [title: string]: Change} = {
  'a version is exact': ['redis==8.1.0\nrequests==2.34.2\n', {redis: '5.0.0'}, 'redis==5.0.0\n'],
  'a range is a range': ['redis==8.1.0', {redis: '>=4,<5'}, 'redis>=4,<5\n'],
  'extras stay': ['psycopg[binary,pool]==3.3.9', {psycopg: '3.1.0'}, 'psycopg[binary,pool]==3.1.0\n'],
  'names are compared as indexes do': ['Psycopg_Pool==3.2', {'psycopg-pool': '3.1'}, 'Psycopg_Pool==3.1\n'],
  'pip looks where it looked before': [
    '-i https://packages.example.com/simple\n--extra-index-url=https://pypi.example.com\n-c pins.txt\nredis==8',
    {redis: '5.0.0'},
    '-i https://packages.example.com/simple\n--extra-index-url=https://pypi.example.com\nredis==5.0.0\n',
  ],
};

for (const [title, [list, others, text]] of Object.entries(changes)) {
  test(`another version: ${title}`, t => {
    t.is(otherRequirements([list], others), text);
  });
}
