// Why a scenario file cannot be loaded, in its author's words: the place in the file, and what to do.
import {existsSync, readFileSync, realpathSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import {asText} from '../load/error-facts.ts';
import {codeUrl} from '../model/own-files.ts';
import {type SourcePlace, syntaxErrorPlace} from '../scenarios/code-frame.ts';
import {packageNameOf} from './package-name.ts';

/** Where the mistake is: the scenario's own file, or one that it imports. */
export type FilePlace = SourcePlace & {readonly file: string};

export class ScenarioLoadError extends Error {
  override readonly name = 'ScenarioLoadError';
  readonly place: FilePlace | null;
  /** What was wrong, without the place. */
  readonly reason: string;
  readonly hint: string | null;
  /** The package that is not installed, where that is the reason. */
  readonly missingModule: string | null;

  constructor(file: string, reason: string, more: Partial<LoadProblem> = {}) {
    const {place = null, hint = null, missingModule = null, cause} = more;
    super(`${place === null ? file : `${place.file}:${place.line}`}: ${reason}`, {cause});
    this.place = place;
    this.reason = reason;
    this.hint = hint;
    this.missingModule = missingModule;
  }
}

type LoadProblem = Pick<ScenarioLoadError, 'place' | 'hint' | 'missingModule' | 'cause'>;

/** As Node will call it, and errors with it. A file that is not there is Node's to complain of. */
export const realFile = (file: string): string => (existsSync(file) ? realpathSync(file) : file);

export const notAScenario = (file: string): ScenarioLoadError =>
  new ScenarioLoadError(file, 'it has no default export made by defineScenario()', {
    hint: 'End the file with `export default defineScenario({…})`.',
  });

/** @param error what loading the file threw */
export const explainLoad = async (file: string, error: unknown): Promise<ScenarioLoadError> => {
  if (!(error instanceof Error))
    return new ScenarioLoadError(file, `it threw ${asText(error)}`, {cause: error});
  const reason = `${error.name}: ${error.message.split('\n')[0]}`;
  const unresolved = unresolvedImport(file, error);
  if (unresolved)
    return new ScenarioLoadError(file, unresolved.reason ?? reason, {...unresolved, cause: error});
  const place = placeIn(error.stack ?? '') ?? (await placeOfSyntaxError(file, error));
  const hint = hints.map(hintOf => hintOf(error.message, place)).find(text => text !== null) ?? null;
  return new ScenarioLoadError(file, reason, {place, hint, cause: error});
};

const isTheirs = (path: string): boolean =>
  !/^node:|[/\\]node_modules[/\\]/.test(path) && !pathToFileURL(path).href.startsWith(codeUrl);

const pathOf = (name: string): string => (name.startsWith('file:') ? fileURLToPath(name) : name);

/** A syntax error's stack begins with `file:line`, the line itself and a mark below it; another error's has frames. */
const placeIn = (stack: string): FilePlace | null => {
  const [, head, headLine] = /^((?:file:|\/|[a-z]:\\).*):(\d+)\n/i.exec(stack) ?? [];
  if (head !== undefined && isTheirs(pathOf(head))) {
    const marks = stack.split('\n').find(line => /^\s*\^+\s*$/.test(line));
    return {file: pathOf(head), line: Number(headLine), column: marks ? marks.indexOf('^') + 1 : null};
  }
  for (const [, name, line, column] of stack.matchAll(
    /^\s*at (?:.*\()?((?:file:|\/|[a-z]:\\).*?):(\d+):(\d+)\)?$/gim,
  )) {
    if (isTheirs(pathOf(name!))) return {file: pathOf(name!), line: Number(line), column: Number(column)};
  }
  return null;
};

/** Of plain JavaScript that does not parse, Node keeps the place from us. It may be in a file that the scenario imports. */
const placeOfSyntaxError = async (file: string, error: Error): Promise<FilePlace | null> => {
  if (!(error instanceof SyntaxError)) return null;
  for (const candidate of [realFile(file), ...importsOf(realFile(file)).map(({path}) => path)]) {
    const place = existsSync(candidate)
      ? await syntaxErrorPlace(readFileSync(candidate, 'utf8'), candidate)
      : null;
    if (place !== null) return {file: candidate, ...place};
  }
  return null;
};

type Import = {readonly specifier: string; readonly path: string; readonly place: FilePlace};

/** The relative and the bare imports of a file, as its text has them. */
const importsOf = (file: string): Import[] => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])(.+?)\1/g)].map(match => {
    const specifier = match[2]!;
    const at = match.index + match[0].indexOf(match[1]!);
    const before = text.slice(0, at).split('\n');
    const place = {file, line: before.length, column: before.at(-1)!.length + 1};
    return {specifier, path: resolve(dirname(file), specifier), place};
  });
};

type Unresolved = Partial<LoadProblem> & {readonly reason?: string};

/** Node names the missing file and the importing one, but not the line. */
const unresolvedImport = (scenarioFile: string, error: Error): Unresolved | null => {
  const code = 'code' in error ? error.code : undefined;
  if (!unresolvedCodes.includes(code)) return null;
  const missing = /(?:Cannot find (?:package|module)|Directory import) '([^']+)'/.exec(error.message)?.[1];
  const importer = / imported from (.+?)$/m.exec(error.message)?.[1] ?? realFile(scenarioFile);
  if (missing === undefined || !existsSync(importer)) return null;
  const name = packageNameOf(missing);
  const found = importsOf(importer).find(({specifier, path}) =>
    name === null ? path === missing || specifier === missing : packageNameOf(specifier) === name,
  );
  const place = found?.place ?? null;
  if (name !== null) return {place, missingModule: name};
  const meant = fileMeant(missing);
  const short = (path: string): string => {
    const shown = relative(dirname(importer), path).replaceAll('\\', '/');
    return shown.startsWith('.') ? shown : `./${shown}`;
  };
  return {
    place,
    reason: `there is no file ${found?.specifier.startsWith('.') ? found.specifier : missing}`,
    hint:
      meant === null
        ? 'Check the path of the import.'
        : `Write '${short(meant)}': Node.js needs the full file name, including its own extension.`,
  };
};

const unresolvedCodes: readonly unknown[] = [
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
];

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'] as const;

/** The file that is there, where the import leaves its extension out, has that of its compiled form, or names a folder. */
const fileMeant = (missing: string): string | null => {
  const bare = missing.replace(/\.[cm]?js$/, '');
  return (
    [
      ...extensions.map(extension => `${bare}${extension}`),
      ...extensions.map(extension => join(missing, `index${extension}`)),
    ].find(existsSync) ?? null
  );
};

type HintOf = (message: string, place: FilePlace | null) => string | null;

const matching =
  (pattern: RegExp, hint: (match: RegExpExecArray, place: FilePlace | null) => string): HintOf =>
  (message, place) => {
    const match = pattern.exec(message);
    return match === null ? null : hint(match, place);
  };

/** Of TypeScript only the types are taken away, so that what is a type must say so. */
const hints: readonly HintOf[] = [
  matching(/requested module '(.+)' does not provide an export named '(.+)'/, ([, from = '', name], place) =>
    isType(from, name!, place)
      ? `${name} is a type: write \`import type {${name}} from '${from}'\`.`
      : `Check the name. If ${name} is a type, write \`import type {${name}} from '${from}'\`.`,
  ),
  matching(
    /Named export '(.+)' not found\. The requested module '(.+)' is a CommonJS module/,
    ([, name, from]) =>
      `'${from}' is CommonJS: write \`import lib from '${from}'\` and \`const {${name}} = lib\`; if ${name} is a type, \`import type {${name}} from '${from}'\`.`,
  ),
  matching(/TypeScript (.+) is not supported in strip-only mode/, ([, what = '']) =>
    what.includes('enum')
      ? 'Node.js only strips types. Use a constant object, or a union of strings, instead of an enum.'
      : what.includes('parameter property')
        ? 'Node.js only strips types. Declare the field in the class, and assign it in the constructor.'
        : 'Node.js only strips types. Write it as JavaScript with types.',
  ),
  matching(
    /(require|module|exports) is not defined/,
    () => 'The file is an ES module: use import and export, or name it .cjs.',
  ),
  matching(
    /(__dirname|__filename) is not defined/,
    ([, name]) =>
      `The file is an ES module: use import.meta.${name === '__dirname' ? 'dirname' : 'filename'}.`,
  ),
  matching(
    /Unknown file extension "(.*)"/,
    () => 'A scenario, and what it imports, can be .ts, .mts, .cts, .js, .mjs or .cjs.',
  ),
  matching(
    /Stripping types is currently unsupported for files under node_modules/,
    () => 'Node.js does not run TypeScript from node_modules: import the built files of the package.',
  ),
  matching(
    /Cannot use import statement outside a module|Unexpected token 'export'/,
    () => 'The file is CommonJS: use require, or name it .mjs.',
  ),
];

const isType = (from: string, name: string, place: FilePlace | null): boolean => {
  if (!from.startsWith('.') || place === null) return false;
  const path = resolve(dirname(place.file), from);
  return (
    existsSync(path) &&
    new RegExp(`\\b(?:type|interface)\\s+${name.replaceAll('$', '\\$')}\\b`).test(readFileSync(path, 'utf8'))
  );
};
