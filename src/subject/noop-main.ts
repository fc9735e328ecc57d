// A program that follows the protocol and does nothing: what it costs to drive it is what driving a program costs.
import {connect} from 'node:net';
import {createInterface} from 'node:readline';
import {protocolVersion, type ToProgram} from './program-protocol.ts';

const {FOULWEATHER_CONTROL: control = '', FOULWEATHER_TOKEN: token} = process.env;
const [host, port] = control.split(':');
const socket = connect({host: host!, port: Number(port), noDelay: true});

const say = (message: object): void => void socket.write(`${JSON.stringify(message)}\n`);

say({
  kind: 'hello',
  token,
  protocol: protocolVersion,
  language: 'none',
  runtime: 'no-op',
  kit: '',
  libraries: {},
});
createInterface(socket).on('line', line => {
  const message = JSON.parse(line) as ToProgram;
  switch (message.kind) {
    case 'open':
      say({kind: 'opened'});
      break;
    case 'perform':
      say({kind: 'settled', id: message.id, ok: true});
      break;
    case 'close':
      say({kind: 'closed'});
      socket.end();
      break;
  }
});
