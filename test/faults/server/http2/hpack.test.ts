// Header blocks: the examples of RFC 7541, what is written read back, and what is wrong refused.
import test from 'ava';
import type {HeaderField} from '../../../../src/faults/server/http/head.ts';
import {encodeHpack, HpackDecoder, HpackError} from '../../../../src/faults/server/http2/hpack.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

type Example = readonly [block: string, fields: readonly HeaderField[]];

const request: readonly HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
];
const secondRequest: readonly HeaderField[] = [...request, ['cache-control', 'no-cache']];
const thirdRequest: readonly HeaderField[] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/index.html'],
  [':authority', 'www.example.com'],
  ['custom-key', 'custom-value'],
];
const response = (status: string, date: string): readonly HeaderField[] => [
  [':status', status],
  ['cache-control', 'private'],
  ['date', `Mon, 21 Oct 2013 20:13:${date} GMT`],
  ['location', 'https://www.example.com'],
];

const examples: readonly (readonly [title: string, ...Example[]])[] = [
  [
    'C.3, without Huffman codes',
    ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', request],
    ['8286 84be 5808 6e6f 2d63 6163 6865', secondRequest],
    ['8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65', thirdRequest],
  ],
  [
    'C.4, with Huffman codes',
    ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', request],
    ['8286 84be 5886 a8eb 1064 9cbf', secondRequest],
    ['8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf', thirdRequest],
  ],
  [
    'C.6, with a table of 256 bytes that evicts',
    [
      // The size comes first, as an encoder that was told to keep to it would have it.
      '3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
      response('302', '21'),
    ],
    ['4883 640e ffc1 c0bf', response('307', '21')],
    [
      '88c1 61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 84a6 2d1b ff c0',
      [
        [':status', '200'],
        ['cache-control', 'private'],
        ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
        ['location', 'https://www.example.com'],
      ],
    ],
  ],
];

for (const [title, ...blocks] of examples) {
  test(`the example of RFC 7541, ${title}`, t => {
    const decoder = new HpackDecoder();
    for (const [block, fields] of blocks) t.deepEqual(decoder.decode(hex(block)), fields);
  });
}

test('what is written is read back, and needs nothing that came before', t => {
  const fields: readonly HeaderField[] = [
    [':status', '503'],
    ['content-type', 'text/plain'],
    ['x-empty', ''],
    ['x-long', 'z'.repeat(100_000)],
    ['x-latin', '\u00ff\u0080'],
  ];
  const decoder = new HpackDecoder();
  t.deepEqual(decoder.decode(encodeHpack(fields)), fields);
  t.deepEqual(decoder.decode(encodeHpack(fields)), fields);
  // Nothing of it went into the table: index 62 is still free.
  t.throws(() => decoder.decode(hex('be')), {instanceOf: HpackError});
});

const wrong: readonly (readonly [what: string, block: string])[] = [
  ['an index beyond the tables', 'be'],
  ['the index 0', '80'],
  ['a string that ends early', '000161'],
  ['a literal without a value', '400161'],
  ['an integer that does not end', 'ffffffffffffffff7f'],
  ['a table that is too large', '3fffffffff7f'],
  ['Huffman padding of zeros', '000081 18 00'],
  ['Huffman padding of a byte', '000082 1f ff'],
  ['the Huffman code that ends strings', '000084 ffff fffc'],
];

for (const [what, block] of wrong) {
  test(`refused: ${what}`, t => {
    t.throws(() => new HpackDecoder().decode(hex(block)), {instanceOf: HpackError});
  });
}

test('no bytes whatever crash the reader', t => {
  let seed = 1;
  const random = (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  for (let round = 0; round < 20_000; round++) {
    const block = Buffer.from(Array.from({length: random(40)}, () => random(256)));
    try {
      new HpackDecoder().decode(block);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
    }
  }
  t.pass();
});
