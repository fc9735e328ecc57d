// Addresses of targets: where the injector connects to, and what the library gets.
import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import type {ProtocolName} from '../../src/model/server-errors.ts';
import {
  mayBeTls,
  namedHostOf,
  nameOf,
  throughProxy,
  upgradingProtocolOf,
  upstreamOf,
} from '../../src/run/target-address.ts';

const proxy = '127.0.0.1:4711';

const rows: readonly (readonly [target: string, upstream: string, through: string])[] = [
  ['http://127.0.0.1:8080', '127.0.0.1:8080', 'http://127.0.0.1:4711'],
  ['http://127.0.0.1:8080/', '127.0.0.1:8080', 'http://127.0.0.1:4711/'],
  ['http://example.com', 'example.com:80', 'http://127.0.0.1:4711'],
  ['https://example.com/v1?a=b#c', 'example.com:443', 'https://127.0.0.1:4711/v1?a=b#c'],
  ['http://example.com?a=b', 'example.com:80', 'http://127.0.0.1:4711?a=b'],
  ['http://[::1]:8080/x', '[::1]:8080', 'http://127.0.0.1:4711/x'],
  ['redis://localhost', 'localhost:6379', 'redis://127.0.0.1:4711'],
  ['rediss://localhost/1', 'localhost:6379', 'rediss://127.0.0.1:4711/1'],
  ['redis://:secret@cache:6380/0', 'cache:6380', 'redis://:secret@127.0.0.1:4711/0'],
  ['postgres://me:p%40ss@db/shop?ssl=1', 'db:5432', 'postgres://me:p%40ss@127.0.0.1:4711/shop?ssl=1'],
  ['postgresql://me@db:5433/shop', 'db:5433', 'postgresql://me@127.0.0.1:4711/shop'],
  ['mysql://db/shop', 'db:3306', 'mysql://127.0.0.1:4711/shop'],
  ['amqp://queue/%2F', 'queue:5672', 'amqp://127.0.0.1:4711/%2F'],
  ['amqps://queue', 'queue:5671', 'amqps://127.0.0.1:4711'],
  ['mqtt://broker', 'broker:1883', 'mqtt://127.0.0.1:4711'],
  ['mqtts://broker', 'broker:8883', 'mqtts://127.0.0.1:4711'],
  ['nats://bus', 'bus:4222', 'nats://127.0.0.1:4711'],
  ['mongodb://store/shop', 'store:27017', 'mongodb://127.0.0.1:4711/shop'],
  ['ws://example.com/live', 'example.com:80', 'ws://127.0.0.1:4711/live'],
  ['wss://example.com/live', 'example.com:443', 'wss://127.0.0.1:4711/live'],
  ['tcp://server:99', 'server:99', 'tcp://127.0.0.1:4711'],
];

for (const [target, upstream, through] of rows) {
  test(`${target} goes through the proxy`, t => {
    t.is(upstreamOf(target), upstream);
    t.is(throughProxy(target, proxy), through);
  });
}

const nowhere = ['custom://server', 'tcp://127.0.0.1', 'file:///etc/hosts', 'server:80', 'not an address'];

for (const target of nowhere) {
  test(`${target} is told to be no address of a server`, t => {
    const error = t.throws(() => upstreamOf(target), {instanceOf: FoulweatherError});
    t.is(error.exitCode, 64);
    t.true(error.message.includes(target));
  });
}

const named: readonly (readonly [target: string, host: string | null])[] = [
  ['https://api.example.com', 'api.example.com'],
  ['https://me:secret@api.example.com:8443/things?q', 'api.example.com:8443'],
  ['https://api.example.com:443/', 'api.example.com'],
  ['http://api.example.com', null],
  ['https://127.0.0.1:8443', null],
  ['https://[::1]:8443', null],
  ['https://localhost:8443', null],
  ['rediss://cache.example.com', null],
  ['not an address', null],
];

for (const [target, host] of named) {
  test(`${target} must be asked for ${host ?? 'no name'}`, t => t.is(namedHostOf(target), host));
}

test('the name of a target, whatever it speaks', t => {
  t.is(nameOf('postgres://me:secret@db.example.com:5433/shop'), 'db.example.com');
  t.is(nameOf('mysql://localhost/shop'), null);
  t.is(nameOf('smtp://127.0.0.1:25'), null);
  t.is(nameOf('postgres://[::1]/shop'), null);
  t.is(nameOf('not an address'), null);
});

const turning: readonly (readonly [target: string, protocol: ProtocolName | null, isTls: boolean])[] = [
  ['postgres://db/shop', 'postgres', true],
  ['postgresql://db/shop', 'postgres', true],
  ['mysql://db/shop', 'mysql', true],
  ['mariadb://db/shop', 'mysql', true],
  ['smtp://mail:25', 'smtp', true],
  ['https://api.example.com', null, true],
  ['rediss://cache', null, true],
  ['redis://cache', null, false],
  ['http://api.example.com', null, false],
  ['custom://server:1', null, true],
];

for (const [target, protocol, isTls] of turning) {
  test(`${target}: ${protocol ?? 'nothing'} turns to TLS there`, t => {
    t.is(upgradingProtocolOf(target), protocol);
    t.is(mayBeTls(target), isTls);
  });
}
