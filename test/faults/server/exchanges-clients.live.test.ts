// The handshakes of real clients with real servers: recorded, and each of their exchanges cut once.
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {Redis} from 'ioredis';
import pg from 'pg';
import {startInjector} from '../../../src/faults/server/injector.ts';
import type {Conversation, ProxyRecording} from '../../../src/model/proxy-witness.ts';
import type {ServiceName} from '../../../src/model/service.ts';
import {startService} from '../../../src/run/processes/start-service.ts';
import {Supervisor} from '../../../src/run/processes/supervisor.ts';
import {recordsOf, untilWitness, witnessOf} from '../../helpers/proxy-faults.ts';
import type {Toxic} from '../../helpers/proxy-scene.ts';
import {watched} from '../../helpers/run-once.ts';
import {api, type ProxyJson} from '../../helpers/toxiproxy-request.ts';

const limitMs = 90_000;

/** A client's whole life: connects, asks once, leaves. Rejects where something fails. */
type Life = (url: URL) => Promise<void>;

const redisLife: Life = async ({hostname, port}) => {
  const redis = new Redis({
    host: hostname,
    port: Number(port),
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  redis.on('error', () => {});
  try {
    await redis.set('key', 'value');
  } finally {
    redis.disconnect();
  }
};

const pgLife: Life = async url => {
  const client = new pg.Client({connectionString: String(url), connectionTimeoutMillis: 60_000});
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await Promise.race([client.end().catch(() => {}), sleep(1000)]);
  }
};

class Proxied {
  readonly url: string;
  readonly name = 'real';
  /** What a client is given. */
  readonly address: URL;

  constructor(url: string, address: URL) {
    this.url = url;
    this.address = address;
  }

  static async before(t: ExecutionContext, service: ServiceName): Promise<Proxied> {
    const {watch, environment} = await watched(t);
    watch.start();
    const supervisor = Supervisor.start(environment);
    t.teardown(() => supervisor.stop());
    const {url: server} = await startService(supervisor, service, limitMs);
    const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
    t.teardown(() => injector.close());
    const address = new URL(server);
    const body = {name: 'real', listen: '127.0.0.1:0', upstream: address.host};
    const {listen} = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
    address.port = listen.slice(listen.lastIndexOf(':') + 1);
    return new Proxied(injector.url, address);
  }

  async record(life: Life): Promise<Conversation> {
    const path = `/foulweather/proxies/${this.name}/recording`;
    await api(this.url, 'POST', path);
    await life(this.address);
    await untilWitness(this, ({openConnections}) => openConnections === 0);
    await api(this.url, 'DELETE', path);
    const {conversations} = await api<ProxyRecording>(this.url, 'GET', path);
    return conversations[0]!;
  }

  add(toxic: Toxic): Promise<void> {
    return api(this.url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<void> {
    return api(this.url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }
}

const cutsEach = test.macro({
  title: (_, service: ServiceName) => `each exchange of a life with ${service} is cut once`,
  async exec(t, service: ServiceName, life: Life) {
    t.timeout(limitMs);
    const proxied = await Proxied.before(t, service);
    const recorded = await proxied.record(life);
    const again = await proxied.record(life);
    const shapeOf = ({exchanges}: Conversation) => exchanges.map(({direction}) => direction);
    t.deepEqual(shapeOf(again), shapeOf(recorded), 'the same each time');
    // It asks, and is answered, at least twice: for the connection and for the operation.
    t.true(recorded.exchanges.length >= 4);
    t.deepEqual(shapeOf(recorded).slice(0, 2), ['upstream', 'downstream']);
    // What is cut after the operation's answer does no harm.
    for (const {exchange, direction, bytes} of recorded.exchanges.slice(0, 4)) {
      const name = `cut-${exchange}`;
      await proxied.add({type: 'close_after', name, first_n: 1, exchange, cut: 'within'});
      await t.throwsAsync(life(proxied.address));
      const {faults} = await witnessOf(proxied);
      t.like(faults[name], {applied: 1, connectionsHit: 1});
      const hit = (await recordsOf(proxied)).find(({hits}) => hits.includes(name))!;
      t.like(hit, {end: 'closed-by-fault'});
      const [place] = hit.hitsAt!;
      t.like(place, {exchange, direction});
      t.true(place!.byte > 0 && place!.byte < bytes);
      // Whoever comes now gets through, with the fault still there.
      await t.notThrowsAsync(life(proxied.address));
      await proxied.remove(name);
    }
  },
});

test(cutsEach, 'redis', redisLife);
test(cutsEach, 'postgres', pgLife);
