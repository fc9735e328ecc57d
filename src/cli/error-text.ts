// How every error looks: what was wrong, what belongs to it, what to do, and its code.
import {sep} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {ErrorCode} from '../model/errors.ts';
import {wrapped} from '../report/text-table.ts';
import type {CliIo} from './cli-io.ts';
import {colours} from './colours.ts';

export type ToldError = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: readonly string[];
  /** Empty where the message and the details say it all. */
  readonly hint: string;
};

const title = 'error:';

/** The rows of a code frame, which stay as they are. */
const isOfAFile = /^ *(?:> *)?\d* *\|/;

export const errorText = (io: CliIo, {code, message, details = [], hint}: ToldError): string => {
  const {bold, red, dim} = colours(io, io.stderr);
  const width = io.stderr.columns ?? Number.POSITIVE_INFINITY;
  const mark = `(${code})`;
  const [first = '', ...more] = message.split('\n');
  const lines = [
    ...wrapped(fromHere(io, `${title} ${first}${hint === '' ? ` ${mark}` : ''}`), width, '  '),
    ...[...more, ...details].flatMap(detail => {
      const line = `  ${fromHere(io, detail)}`.trimEnd();
      const [indent = ''] = /^ */.exec(line) ?? [];
      return isOfAFile.test(detail) ? [line] : wrapped(line, width, `${indent}  `);
    }),
    ...(hint === '' ? [] : wrapped(`${fromHere(io, hint)} ${mark}`, width)),
  ];
  return `${lines.join('\n')}\n`.replace(title, red(bold(title))).replace(mark, dim(mark));
};

/** Paths as short as they can be: relative to where the user is. The root of all is in every path, and shortens none. */
export const fromHere = ({cwd}: Pick<CliIo, 'cwd'>, text: string): string =>
  cwd.endsWith(sep)
    ? text
    : text.replaceAll(`${pathToFileURL(cwd).href}/`, '').replaceAll(`${cwd}${sep}`, '');
