// What @grpc/grpc-js makes of faults on its calls.
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import test, {type ExecutionContext} from 'ava';
import {type Injector, startInjector} from '../../../../src/faults/server/injector.ts';
import type {HttpHit} from '../../../../src/model/proxy-witness.ts';
import type {Toxic} from '../../../helpers/proxy-scene.ts';
import {api, type ProxyJson} from '../../../helpers/toxiproxy-request.ts';

let injector: Injector;
test.before(async () => {
  injector = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
});
test.after.always(() => injector.close());

type Message = {readonly text: string};
const serialize = (message: Message): Buffer => Buffer.from(JSON.stringify(message));
const deserialize = (data: Buffer): Message => JSON.parse(data.toString());
const path = '/things.Things/Echo';

let lastNumber = 0;

class GrpcScene {
  calls = 0;
  readonly name = `grpc-${++lastNumber}`;
  client!: Client;

  static async open(t: ExecutionContext): Promise<GrpcScene> {
    const scene = new GrpcScene();
    const server = new Server();
    const formats = {
      requestSerialize: serialize,
      requestDeserialize: deserialize,
      responseSerialize: serialize,
      responseDeserialize: deserialize,
    };
    server.addService(
      {Echo: {path, requestStream: false, responseStream: false, ...formats}},
      {
        Echo({request}: ServerUnaryCall<Message, Message>, reply: sendUnaryData<Message>) {
          scene.calls++;
          reply(null, request);
        },
      },
    );
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const body = {name: scene.name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`};
    const proxy = await api<ProxyJson>(injector.url, 'POST', '/proxies', body);
    await api(injector.url, 'POST', `/foulweather/proxies/${scene.name}/interception`);
    scene.client = new Client(proxy.listen, credentials.createInsecure());
    t.teardown(async () => {
      scene.client.close();
      await api(injector.url, 'DELETE', `/proxies/${scene.name}`);
      server.forceShutdown();
    });
    return scene;
  }

  add(toxic: Toxic): Promise<unknown> {
    return api(injector.url, 'POST', `/proxies/${this.name}/toxics`, toxic);
  }

  remove(name: string): Promise<unknown> {
    return api(injector.url, 'DELETE', `/proxies/${this.name}/toxics/${name}`);
  }

  hits(): Promise<readonly HttpHit[]> {
    return api(injector.url, 'GET', `/foulweather/proxies/${this.name}/hits`);
  }

  /** `ok`, or the name of the status and its details. */
  async call(deadlineMs = 10_000): Promise<string> {
    const metadata = new Metadata();
    metadata.set('x-operation-id', 'op-7');
    return new Promise(resolve => {
      const deadline = Date.now() + deadlineMs;
      const done = (error: ServiceError | null) =>
        resolve(error === null ? 'ok' : `${status[error.code]}: ${error.details}`);
      this.client.makeUnaryRequest(
        path,
        serialize,
        deserialize,
        {text: 'x'.repeat(2000)},
        metadata,
        {deadline},
        done,
      );
    });
  }
}

type Row = {
  readonly toxic: Toxic;
  readonly sees: RegExp;
  /** How many of the calls the server got. */
  readonly calls: number;
  readonly action: string;
  readonly deadlineMs?: number;
};

const rows: readonly Row[] = [
  {
    toxic: {type: 'grpc_status', attributes: {message: 'gone fishing, 100%'}},
    sees: /^UNAVAILABLE: gone fishing, 100%$/,
    calls: 0,
    action: 'grpc-UNAVAILABLE',
  },
  {
    toxic: {type: 'grpc_status', attributes: {status: 'RESOURCE_EXHAUSTED', stage: 'response'}},
    sees: /^RESOURCE_EXHAUSTED/,
    calls: 1,
    action: 'grpc-RESOURCE_EXHAUSTED',
  },
  {toxic: {type: 'http_status'}, sees: /^UNAVAILABLE: .*503/, calls: 0, action: 'status-503'},
  {toxic: {type: 'http2_trailers'}, sees: /^INTERNAL/, calls: 1, action: 'trailers-finish'},
  {
    toxic: {type: 'http2_trailers', attributes: {action: 'hang'}},
    sees: /^DEADLINE_EXCEEDED/,
    calls: 1,
    action: 'trailers-hang',
    deadlineMs: 500,
  },
  {
    // What was not processed is sent again by the client itself.
    toxic: {
      type: 'http2_reset_stream',
      attributes: {stage: 'request', error_code: 'REFUSED_STREAM'},
      hit_limit: 1,
    },
    sees: /^ok$/,
    calls: 1,
    action: 'request-REFUSED_STREAM',
  },
  {
    toxic: {type: 'http2_reset_stream', attributes: {error_code: 'CANCEL'}},
    sees: /^CANCELLED/,
    calls: 1,
    action: 'response-CANCEL',
  },
  {
    toxic: {type: 'http2_goaway', attributes: {served: false}, hit_limit: 1},
    sees: /^ok$/,
    calls: 1,
    action: 'goaway-NO_ERROR',
  },
  {toxic: {type: 'http2_goaway'}, sees: /^ok$/, calls: 1, action: 'goaway-NO_ERROR'},
  {
    toxic: {type: 'http2_goaway', attributes: {error_code: 'ENHANCE_YOUR_CALM'}, hit_limit: 1},
    sees: /^(?:RESOURCE_EXHAUSTED|UNAVAILABLE)/,
    calls: 0,
    action: 'goaway-ENHANCE_YOUR_CALM',
  },
];

for (const {toxic, sees, calls, action, deadlineMs} of rows) {
  test(`${toxic.type} ${JSON.stringify(toxic.attributes ?? {})}`, async t => {
    const scene = await GrpcScene.open(t);
    t.is(await scene.call(), 'ok');
    scene.calls = 0;
    await scene.add({...toxic, name: 'f'});
    t.regex(await scene.call(deadlineMs), sees);
    t.is(scene.calls, calls);
    const [hit] = await scene.hits();
    t.like(hit, {method: 'POST', path, operationId: 'op-7', action});
    await scene.remove('f');
    t.is(await scene.call(), 'ok');
  });
}

test('the pushback comes with the status', async t => {
  const scene = await GrpcScene.open(t);
  await scene.add({type: 'grpc_status', attributes: {status: 'RESOURCE_EXHAUSTED', pushback: '1500'}});
  const metadata = await new Promise<Metadata | undefined>(resolve => {
    const done = (error: ServiceError | null) => resolve(error?.metadata);
    scene.client.makeUnaryRequest(path, serialize, deserialize, {text: ''}, done);
  });
  t.deepEqual(metadata?.get('grpc-retry-pushback-ms'), ['1500']);
});
