// No bytes whatever crash what follows HTTP/1, and none are changed but by faults: `npm run fuzz` tries it by the million.
import test from 'ava';
import {fuzzes} from '../../../helpers/fuzz/fuzzes.ts';
import {http1} from '../../../helpers/fuzz/http1.ts';

test(fuzzes, 'http1', 5000, 1);

test('what follows a response passes, though what the client sent ahead is no HTTP', t => {
  const {failure} = http1.attempt({
    said: [
      ['client', Buffer.from('PUT /f HTTP/1.0\r\n\r\nno request')],
      ['server', Buffer.from('HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nd and more')],
    ],
    isValid: false,
    faultSeed: null,
  });
  t.is(failure, null);
});
