// Large bodies through a connection whose TLS the injector ends and begins anew.
import test from 'ava';
import {tlsScenes} from '../../../helpers/tls-scene.ts';

const body = 'x'.repeat(20_000_000);
const withScene = tlsScenes(body);

test(
  '20 MB come whole through a terminated connection, with other faults around it',
  withScene,
  async (t, scene) => {
    await scene.add({type: 'tls_certificate', name: 'f'});
    await scene.add({type: 'latency', attributes: {latency: 20}});
    await scene.add({type: 'slicer', stream: 'upstream', attributes: {average_size: 100}});
    t.is((await scene.ask({verifies: false})).length, body.length);
  },
);
