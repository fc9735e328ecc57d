// Makes docs/run.svg, the picture of the README: drives the main job in a terminal of tmux, and draws its last screen.
//   node scripts/run-picture.ts              a run of its own, about a minute
//   node scripts/run-picture.ts screen.txt   a screen that was kept: tmux capture-pane -e -p
import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const checkout = resolve(import.meta.dirname, '..');
const picture = resolve(checkout, 'docs/run.svg');

const columns = 100;
const rows = 60;
const charWidth = 8.4;
const lineHeight = 19;
const padding = 20;
const barHeight = 34;

const command = 'npx foulweather run undici-stall';
const done = 'foulweather-run-is-over';

const tmux = (...args: readonly string[]): string =>
  execFileSync('tmux', ['-L', 'foulweather-picture', ...args], {encoding: 'utf8'});

/** The last screen of a real run, with its colours. */
const recordScreen = async (): Promise<string> => {
  const run = `cd ${checkout} && clear && node bin/foulweather.js run undici-stall; echo ${done}; cat`;
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), `sh -c '${run}'`);
  try {
    for (;;) {
      const screen = tmux('capture-pane', '-e', '-p');
      const end = screen.indexOf(done);
      // Where the checkout lies is this machine's own affair.
      if (end >= 0) return screen.slice(0, end).replaceAll(`${checkout}/`, '');
      await sleep(500);
    }
  } finally {
    tmux('kill-server');
  }
};

type Piece = {readonly column: number; readonly text: string; readonly classes: readonly string[]};

const classOf: Readonly<Record<string, string>> = {1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow'};

/** Of one line, what is alike in colour and weight, and what the next line begins with. */
const piecesOf = (line: string, before: readonly string[]): {pieces: Piece[]; classes: readonly string[]} => {
  const pieces: Piece[] = [];
  let column = 0;
  let classes = before;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such characters.
  for (const part of line.split(/(\u001B\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such characters.
    const codes = /^\u001B\[([\d;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      const text = part.trimEnd();
      const blanks = text.length - text.trimStart().length;
      if (text !== '') pieces.push({column: column + blanks, text: text.trimStart(), classes});
      column += part.length;
      continue;
    }
    for (const code of codes.split(';')) {
      if (code === '' || code === '0') classes = [];
      else if (code === '22') classes = classes.filter(name => name !== 'bold' && name !== 'dim');
      else if (code === '39') classes = classes.filter(name => name === 'bold' || name === 'dim');
      else if (classOf[code] !== undefined) classes = [...classes, classOf[code]];
    }
  }
  return {pieces, classes};
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00A0');

const lineOf = (pieces: readonly Piece[], index: number): string[] =>
  pieces.map(({column, text, classes}) => {
    const x = (padding + column * charWidth).toFixed(1);
    const y = barHeight + padding + (index + 0.7) * lineHeight;
    // Whatever the font is, each character has its column.
    const length = (text.length * charWidth).toFixed(1);
    const style = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
    return `<text${style} x="${x}" y="${y.toFixed(1)}" textLength="${length}">${escaped(text)}</text>`;
  });

const draw = (screen: string): string => {
  const lines = [`\u001B[2m$\u001B[0m \u001B[1m${command}\u001B[0m`, ...screen.trimEnd().split('\n')];
  let classes: readonly string[] = [];
  const drawn = lines.map(line => {
    const read = piecesOf(line, classes);
    ({classes} = read);
    return read.pieces;
  });
  const width = Math.ceil(2 * padding + columns * charWidth);
  const height = barHeight + 2 * padding + lines.length * lineHeight;
  // A terminal is dark on a light page, too.
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="run-title">
<title id="run-title">The last screen of a real run of ${command}</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; fill: #d1d7e0; }
.bold { font-weight: 600; fill: #f0f6fc; } .dim { fill: #9198a1; }
.red { fill: #ff7b72; } .green { fill: #56d364; } .yellow { fill: #e3b341; }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="#0d1117" stroke="#3d444d"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${22 + index * 20}" cy="20" r="6" fill="${fill}"/>`).join('\n')}
${drawn.flatMap(lineOf).join('\n')}
</svg>
`;
};

const [kept] = process.argv.slice(2);
const screen = kept === undefined ? await recordScreen() : readFileSync(kept, 'utf8');
writeFileSync(picture, draw(screen));
console.log(`Wrote ${picture}.`);
