// What the authority issues, as a real TLS client judges it.
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {connect, createServer} from 'node:tls';
import test, {type ExecutionContext} from 'ava';
import {Authority, expired, type ServerCertificate, validNow} from '../../src/certificates/authority.ts';

/** What a client that trusts `ca` alone says of a server with this certificate. */
const verdictOn = async (
  t: ExecutionContext,
  certificate: ServerCertificate,
  ca: string,
  to: {readonly host: string; readonly servername?: string},
): Promise<string> => {
  const server = createServer({...certificate}, socket => socket.on('error', () => {}));
  server.listen(0, to.host);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const {port} = server.address() as AddressInfo; // a string only for pipes
  const client = connect({...to, port, ca: [ca]});
  t.teardown(() => client.destroy());
  const said = Promise.withResolvers<string>();
  client.once('secureConnect', () => said.resolve('secure'));
  client.once('error', (error: NodeJS.ErrnoException) => said.resolve(error.code ?? error.message));
  return said.promise;
};

const local = {host: '127.0.0.1'};

test('a certificate for a name and an address is good for both, and for no other', async t => {
  const authority = await Authority.create('test authority');
  const certificate = await authority.issue({hosts: ['things.example', '127.0.0.1', '::1'], ...validNow()});
  t.is(await verdictOn(t, certificate, authority.cert, local), 'secure');
  t.is(await verdictOn(t, certificate, authority.cert, {host: '::1'}), 'secure');
  t.is(await verdictOn(t, certificate, authority.cert, {...local, servername: 'things.example'}), 'secure');
  t.is(
    await verdictOn(t, certificate, authority.cert, {...local, servername: 'other.example'}),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
});

test('what has ended, is self-signed, or is of another authority is refused for just that', async t => {
  const authority = await Authority.create('test authority');
  const stranger = await Authority.create('another authority');
  const hosts = ['127.0.0.1'];
  const old = await authority.issue({hosts, ...expired()});
  t.is(await verdictOn(t, old, authority.cert, local), 'CERT_HAS_EXPIRED');
  const own = await authority.selfSigned({hosts, ...validNow()});
  t.is(await verdictOn(t, own, authority.cert, local), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  const foreign = await stranger.issue({hosts, ...validNow()});
  t.is(await verdictOn(t, foreign, authority.cert, local), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
});
