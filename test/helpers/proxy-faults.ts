// What tests of faults on the embedded injector ask again and again.
import test, {type ExecutionContext} from 'ava';
import {type Injector, startInjector} from '../../src/faults/server/injector.ts';
import type {ConnectionRecord, FaultWitness, ProxyWitness} from '../../src/model/proxy-witness.ts';
import {Scene} from './proxy-scene.ts';
import type {Peer} from './proxy-sockets.ts';
import {until} from './run-until.ts';
import {api} from './toxiproxy-request.ts';

/** A proxy of the injector at `url`. */
type Named = Pick<Scene, 'url' | 'name'>;

export const witnessOf = ({url, name}: Named): Promise<ProxyWitness> =>
  api(url, 'GET', `/foulweather/proxies/${name}/witness`);

export const recordsOf = ({url, name}: Named): Promise<readonly ConnectionRecord[]> =>
  api(url, 'GET', `/foulweather/proxies/${name}/connections`);

export const hitsOf = async (scene: Named, toxic: string): Promise<FaultWitness> => {
  const fault = (await witnessOf(scene)).faults[toxic];
  if (fault === undefined) throw new Error(`the witness does not know ${toxic}`);
  return fault;
};

/** The witness once it has seen what it must: the injector learns of things a little later than its clients. */
export const untilWitness = async (
  scene: Named,
  holds: (witness: ProxyWitness) => boolean,
): Promise<ProxyWitness> => {
  let witness = await witnessOf(scene);
  const sees = async (): Promise<boolean> => {
    if (holds(witness)) return true;
    witness = await witnessOf(scene);
    return holds(witness);
  };
  await until(sees, 60_000, 'what the witness must see');
  return witness;
};

type Steps = (t: ExecutionContext, scene: Scene) => Promise<void>;

/** Starts an injector for the tests of a file. The macro that it returns runs steps with a new proxy before a new upstream. */
export function faultScenes(seed = 1) {
  let injector: Injector;
  test.before(async () => {
    injector = await startInjector({host: '127.0.0.1', port: 0, seed});
  });
  test.after.always(() => injector.close());
  return test.macro(async (t, serve: ((peer: Peer) => void) | undefined, steps: Steps, name?: string) => {
    const scene = await Scene.open(injector.url, serve, name);
    t.teardown(() => scene.close());
    await steps(t, scene);
  });
}
