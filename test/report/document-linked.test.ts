// Addresses within a text become links.
import test from 'ava';
import {linked} from '../../src/report/document.ts';

const link = (url: string): object => ({link: url, url});

const rows: readonly (readonly [text: string, spans: readonly unknown[]])[] = [
  ['no address', ['no address']],
  ['', []],
  ['https://a.example/x', [link('https://a.example/x')]],
  [
    'as the docs say (https://a.example/x#y, http://b.example/).',
    ['as the docs say (', link('https://a.example/x#y'), ', ', link('http://b.example/'), ').'],
  ],
  ['see https://a.example/x_y.', ['see ', link('https://a.example/x_y'), '.']],
];
for (const [text, spans] of rows) test(`"${text}"`, t => t.deepEqual(linked(text), spans as never));
