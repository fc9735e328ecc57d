// README and docs: short enough, links that lead somewhere (in the package, too), commands that exist, and plain English.
import {existsSync, globSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import test from 'ava';
import {openPlace} from './helpers/cli-world.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
};

const shipped = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...globSync('docs/**/*.md', {cwd: root}),
].sort();
const pages = [...shipped, 'reports/README.md'];

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
const codeOf = (page: string, language: string): string[] =>
  [...read(page).matchAll(fence)].filter(([, name]) => name === language).map(([, , code]) => code!);
const withoutCode = (page: string): string => read(page).replace(fence, '');

/** Words outside of code fences; of a table the cells count, of a link its text. */
const wordCount = (page: string): number =>
  withoutCode(page)
    .replace(/\]\([^)]*\)/g, ']')
    .replace(/[|>#*`![\]]/g, ' ')
    .split(/\s+/)
    .filter(word => /[\p{L}\d]/u.test(word)).length;

test('the README has at most 900 words outside of code', t => {
  t.true(wordCount('README.md') <= 900, String(wordCount('README.md')));
});

/** The commands of a checkout stand on the first screen, below the picture. */
test('the README begins with the commands of a checkout', t => {
  const [first = ''] = codeOf('README.md', 'sh');
  t.regex(first, /^npm ci && npm start\b.*\nnpm test\b/);
  t.true(read('README.md').split('\n').indexOf('```sh') < 15);
});

type Link = {readonly page: string; readonly target: string};

const relativeLinks = (page: string): Link[] =>
  [...withoutCode(page).matchAll(/\]\(<?([^)>\s]+)>?\)/g)]
    .map(([, target]) => ({page, target: target!}))
    .filter(({target}) => !/^[a-z]+:/.test(target));

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\d\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const fileOf = ({page, target}: Link): string =>
  target.startsWith('#') ? page : relative(root, resolve(root, dirname(page), target.replace(/#.*$/, '')));

const isPacked = (file: string): boolean =>
  ['README.md', 'LICENSE', ...manifest.files].some(entry => file === entry || file.startsWith(`${entry}/`));

test('every link leads to a file that is there, and of a page in the package to one that is packed', t => {
  const broken = pages
    .flatMap(relativeLinks)
    .filter(
      link =>
        !existsSync(join(root, fileOf(link))) || (shipped.includes(link.page) && !isPacked(fileOf(link))),
    );
  t.deepEqual(broken, []);
});

test('every link to a part of a page leads to a heading of it', t => {
  const broken = pages
    .flatMap(relativeLinks)
    .filter(({target}) => target.includes('#'))
    .filter(link => !anchorsOf(fileOf(link)).includes(link.target.replace(/^.*#/, '')));
  t.deepEqual(broken, []);
});

test('every page of docs/ is reached from the README', t => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of relativeLinks(page)) if (fileOf(link).endsWith('.md')) reached.add(fileOf(link));
  }
  t.deepEqual(
    shipped.filter(page => !reached.has(page)),
    [],
  );
});

test('every npm script that a page names exists', t => {
  const unknown = pages.flatMap(page =>
    [...read(page).matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)]
      .map(([, script]) => script!)
      .filter(script => !(script in manifest.scripts))
      .map(script => `${page}: ${script}`),
  );
  t.deepEqual(unknown, []);
});

/** `foulweather run … --storm quick`, wherever it stands. */
const commandLines = (page: string): {readonly command: string; readonly options: readonly string[]}[] =>
  [...read(page).matchAll(/\bfoulweather (\w+)([^\n`]*)/g)]
    .map(([, command, rest]) => ({
      command: command!,
      options: [...rest!.replace(/#.*$/, '').matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option),
    }))
    .filter(({command, options}) => commands.includes(command) && options.length > 0);

const commands = [
  'run',
  'list',
  'init',
  'report',
  'merge',
  'compare',
  'show',
  'overhead',
  'proxy',
  'completion',
  'conform',
];

test('every option that a page gives to a command exists', async t => {
  const place = await openPlace(t);
  const help = new Map<string, string>();
  for (const command of commands) help.set(command, (await place.call([command, '--help'])).stdout);
  const unknown = pages.flatMap(page =>
    commandLines(page).flatMap(({command, options}) =>
      options
        .filter(option => !new RegExp(`${option}(?![\\w-])`).test(help.get(command) ?? ''))
        .map(option => `${page}: foulweather ${command} ${option}`),
    ),
  );
  t.deepEqual(unknown, []);
});

/** Not English, or not as a technical writer would put it. */
const corrected = [
  /[«»]/,
  /\bmend(?:s|ed)?\b/i,
  /\bgravest\b/,
  /\bfor ever\b/,
  /\bdies of\b/,
  /\bwhile it lived\b/,
  /\bwell or not\b/,
  /\bintended start\b/,
  /\bstands twice\b/,
  /\bsays of itself\b/,
  /\bto begin with\b/,
  /\btold its ledger\b/,
  /\btoo few to tell\b/,
  /\d [×%](?!\w)/,
];

const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

test('no page, and no text of the code, has a phrase that was corrected before', t => {
  const texts = [
    ...shipped.map(page => [page, read(page)] as const),
    ...globSync('src/**/*.ts', {cwd: root}).map(file => [file, withoutComments(read(file))] as const),
  ];
  const found = texts.flatMap(([file, text]) =>
    corrected.flatMap(phrase => {
      const [words] = phrase.exec(text) ?? [];
      return words === undefined ? [] : [`${file}: ${words}`];
    }),
  );
  t.deepEqual(found, []);
});
