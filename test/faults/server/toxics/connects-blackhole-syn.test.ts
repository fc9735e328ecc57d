// blackhole_syn: the connect itself hangs.
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import test, {type ExecutionContext} from 'ava';
import {Pool} from 'undici';
import {startInjector} from '../../../../src/faults/server/injector.ts';
import {heldBefore, heldOnly} from '../../../helpers/held-handles.ts';
import {roundTrip} from '../../../helpers/proxy-behaviours.ts';
import {faultScenes, hitsOf} from '../../../helpers/proxy-faults.ts';
import {Scene} from '../../../helpers/proxy-scene.ts';
import {connectTo, echo} from '../../../helpers/proxy-sockets.ts';
import {until} from '../../../helpers/run-until.ts';

const withScene = faultScenes();

type Attempt = {readonly socket: Socket; state: 'trying' | 'connected' | 'refused'};

const attempt = (t: ExecutionContext, {address}: Pick<Scene, 'address'>): Attempt => {
  const socket = connect({host: '127.0.0.1', port: Number(address.slice(address.lastIndexOf(':') + 1))});
  t.teardown(() => socket.destroy());
  const made: Attempt = {socket, state: 'trying'};
  socket.on('connect', () => {
    made.state = 'connected';
  });
  socket.on('error', () => {
    made.state = 'refused';
  });
  return made;
};

/** One that hangs. In the moment in which the port changes hands another process may have it: connects are refused until then. */
const hangingAttempt = async (t: ExecutionContext, scene: Pick<Scene, 'address'>): Promise<Attempt> => {
  let made: Attempt;
  const hangs = async (): Promise<boolean> => {
    made = attempt(t, scene);
    await sleep(200);
    return made.state !== 'refused';
  };
  await until(hangs, 10_000, 'a connect that is not refused');
  t.is(made!.state, 'trying');
  return made!;
};

const isThrough = async ({socket, state}: Attempt): Promise<boolean> =>
  state === 'trying'
    ? once(socket, 'connect').then(
        () => true,
        () => false,
      )
    : state === 'connected';

if (process.platform === 'linux') {
  test(
    'connects hang, live connections go on, and removal lets the connects through',
    withScene,
    echo,
    async (t, scene) => {
      const live = await scene.connect();
      await roundTrip(live, 'ping');
      await scene.add({type: 'blackhole_syn', name: 'b'});
      const first = await hangingAttempt(t, scene);
      const attempts = [first, ...Array.from({length: 4}, () => attempt(t, scene))];
      await sleep(300);
      t.deepEqual(
        attempts.map(({state}) => state),
        Array.from({length: 5}, () => 'trying'),
      );
      await roundTrip(live, 'pong');
      t.like(await hitsOf(scene, 'b'), {decisions: 1, applied: 1, actions: 1, connectionsHit: 0});
      await scene.remove('b');
      await roundTrip(await scene.connectOnceUp(), 'at once');
      // The kernel sends the SYN again each second; one that comes while the port changes hands is refused.
      const through = await Promise.all(attempts.map(isThrough));
      t.true(through.includes(true));
      await roundTrip(live, 'ping');
      await scene.upstream.peer(1 + through.filter(is => is).length);
    },
  );

  test('a client’s own limit for a connect is what ends it', withScene, echo, async (t, scene) => {
    await scene.add({type: 'blackhole_syn'});
    const pool = new Pool(`http://${scene.address}`, {connect: {timeout: 200}});
    t.teardown(() => pool.destroy());
    await t.throwsAsync(pool.request({path: '/', method: 'GET'}), {code: 'UND_ERR_CONNECT_TIMEOUT'});
  });

  test(
    'a proxy that is disabled meanwhile refuses, and enabled again it hangs',
    withScene,
    echo,
    async (t, scene) => {
      await scene.add({type: 'blackhole_syn', name: 'b'});
      await scene.change({enabled: false});
      await t.throwsAsync(connectTo(scene.address), {code: 'ECONNREFUSED'});
      await scene.change({enabled: true});
      await hangingAttempt(t, scene);
      await scene.remove('b');
      await roundTrip(await scene.connectOnceUp(), 'ping');
    },
  );

  test('beside a fault that refuses, connects are refused', withScene, echo, async (t, scene) => {
    await scene.add({type: 'blackhole_syn', name: 'b'});
    await scene.add({type: 'flap', name: 'f', attributes: {down: 3_600_000}});
    await t.throwsAsync(connectTo(scene.address), {code: 'ECONNREFUSED'});
    await scene.remove('f');
    await hangingAttempt(t, scene);
    await scene.remove('b');
    await roundTrip(await scene.connectOnceUp(), 'ping');
  });

  test('it begins and ends by itself', withScene, echo, async (t, scene) => {
    const startMs = performance.now();
    await scene.add({type: 'blackhole_syn', name: 'b', duration: 800});
    // The kernel tries a connect again after a second: one that began to hang is through by then. One that met the moment in
    // which the port changes hands is refused, and tells nothing.
    let isServed = false;
    while (!isServed) isServed = await isThrough(attempt(t, scene));
    t.true(performance.now() - startMs >= 799);
    await roundTrip(await scene.connectOnceUp(), 'ping');
  });

  test.serial('an injector that is closed meanwhile leaves nothing behind', async t => {
    const before = await heldBefore();
    const injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
    const scene = await Scene.open(injector.url, echo);
    await scene.add({type: 'blackhole_syn'});
    await injector.close();
    await t.throwsAsync(connectTo(scene.address), {code: 'ECONNREFUSED'});
    await scene.upstream.close();
    t.deepEqual(await heldOnly(before), before);
  });
} else {
  console.error('blackhole_syn is not tried: it needs Linux.');
  test('elsewhere it is refused', withScene, echo, async (t, scene) => {
    await t.throwsAsync(scene.add({type: 'blackhole_syn'}), {message: /400 .*blackhole_syn needs Linux/});
  });
}
