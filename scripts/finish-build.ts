// What `tsc` leaves to do in dist/: the page's assets go along, the declarations become one, dist/index.d.ts, with what the
// package's own types are made of, and what holds nothing but types is no module.
import {cpSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {rolledUp} from './declarations.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const filesOf = (ending: string): string[] =>
  readdirSync(dist, {recursive: true, encoding: 'utf8'})
    .filter(path => path.endsWith(ending))
    .map(path => join(dist, path));

const entry = join(dist, 'index.d.ts');
const declarations = rolledUp(entry);
for (const file of filesOf('.d.ts')) rmSync(file);
writeFileSync(entry, declarations);

const isEmpty = (file: string): boolean =>
  readFileSync(file, 'utf8')
    .replace(/^\s*\/\/.*$|\/\*[\s\S]*?\*\//gm, '')
    .trim() === 'export {};';
for (const file of filesOf('.js')) if (isEmpty(file)) rmSync(file);

cpSync(join(root, 'src/report/page/assets'), join(dist, 'report/page/assets'), {recursive: true});
