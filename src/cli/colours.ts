// Colours for terminals, unless the user has switched them off (no-color.org).
import {styleText} from 'node:util';
import type {CliIo, TextStream} from './cli-io.ts';

type Paint = (text: string) => string;

export type Colours = {
  readonly isOn: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
};

const wanted = ({env, argv}: CliIo, stream: TextStream): boolean => {
  if (argv.includes('--no-color') || (env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
};

export const colours = (io: CliIo, stream: TextStream): Colours => {
  const isOn = wanted(io, stream);
  const paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow'): Paint =>
    isOn ? text => styleText(style, text, {validateStream: false}) : text => text;
  return {
    isOn,
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
  };
};
