// The lines of a scenario's file that a mistake is in. The file is read as text; nothing of it runs.
import {extname} from 'node:path';
import type {Node} from 'acorn';
import type {Path} from './mistakes.ts';

/** Both counted from 1. */
export type SourcePlace = {readonly line: number; readonly column: number | null};

const linesAround = 1;
/** With the numbers and what is before them, a terminal's 80 columns. */
const widthShown = 66;

/** The line between its neighbours, and a mark below the column. Empty where the text has no such line. */
export const codeFrame = (source: string, {line, column}: SourcePlace): string[] => {
  const lines = source.trimEnd().split(/\r?\n/);
  if (lines[line - 1] === undefined) return [];
  const from = Math.max(1, line - linesAround);
  const to = Math.min(lines.length, line + linesAround);
  const digits = String(to).length;
  return lines.slice(from - 1, to).flatMap((text, index) => {
    const number = from + index;
    const isMarked = number === line;
    // Of a long line the part around the column is shown.
    const cut = isMarked ? Math.max(0, (column ?? 1) + 16 - widthShown) : 0;
    const shown = cutTo(text, cut).replaceAll('\t', ' ').trimEnd();
    const row = `${isMarked ? '>' : ' '} ${String(number).padStart(digits)} | ${shown}`.trimEnd();
    if (!isMarked || column === null) return [row];
    return [row, `  ${' '.repeat(digits)} | ${' '.repeat(Math.max(0, column - 1 - cut))}^`];
  });
};

const cutTo = (text: string, from: number): string => {
  const to = from + widthShown;
  return `${from > 0 ? '…' : ''}${text.slice(from > 0 ? from + 1 : 0, to < text.length ? to - 1 : to)}${to < text.length ? '…' : ''}`;
};

/**
 * Where a scenario's file has what lies at this path, or the nearest thing around it that it has: parts may be imported or
 * computed. Null where it has nothing of it, or cannot be parsed.
 */
export const placeInSource = async (
  source: string,
  file: string,
  path: Path,
): Promise<SourcePlace | null> => {
  const parsing = await parse(source, file);
  if (parsing.kind !== 'parsed') return null;
  const {program} = parsing;
  const scope = declarations(program);
  let at = scenarioOf(program, scope);
  let place: Syntax | null = null;
  for (const key of path) {
    const child = at && childOf(at, key, scope);
    if (!child) break;
    ({place, value: at} = child);
  }
  const start = place?.loc?.start;
  return start ? {line: start.line, column: start.column + 1} : null;
};

/** acorn's nodes, as far as they are looked at here: which has what is known when its type is. */
type Syntax = Node & {
  readonly body?: readonly Syntax[] | Syntax;
  readonly declarations?: readonly Syntax[];
  readonly declaration?: Syntax;
  readonly id?: Syntax;
  readonly init?: Syntax | null;
  readonly callee?: Syntax;
  readonly arguments?: readonly Syntax[];
  readonly properties?: readonly Syntax[];
  readonly elements?: readonly (Syntax | null)[];
  readonly expression?: Syntax;
  readonly right?: Syntax;
  readonly argument?: Syntax;
  readonly key?: Syntax;
  readonly value?: Syntax | string | number;
  readonly name?: string;
};

type Scope = ReadonlyMap<string, Syntax>;

type Parsing =
  | {readonly kind: 'parsed'; readonly program: Syntax}
  /** `place` is null where it is not JavaScript, nor JavaScript with types. */
  | {readonly kind: 'failed'; readonly place: SourcePlace | null};

/** Only errors are looked up, so the parser is loaded when there is one. */
const parse = async (source: string, file: string): Promise<Parsing> => {
  const [acorn, {stripTypeScriptTypes}] = await Promise.all([import('acorn'), import('node:module')]);
  try {
    // It leaves blanks where the types were, so that every place stays what it was.
    const text = /^\.[cm]?ts$/.test(extname(file)) ? quietly(() => stripTypeScriptTypes(source)) : source;
    const program = acorn.parse(text, {
      ecmaVersion: 'latest',
      sourceType: /^\s*(?:import|export)\b(?!\s*\()/m.test(text) ? 'module' : 'script',
      locations: true,
      allowHashBang: true,
    }) as Syntax;
    return {kind: 'parsed', program};
  } catch (error) {
    const {loc} = error as {readonly loc?: {readonly line: number; readonly column: number}};
    return {kind: 'failed', place: loc ? {line: loc.line, column: loc.column + 1} : null};
  }
};

/** Node calls the function experimental, which is of no use to whoever reads the frame. */
const quietly = <T>(step: () => T): T => {
  const {emitWarning} = process;
  process.emitWarning = () => {};
  try {
    return step();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** Null where the text parses, or where it is not known why it does not. */
export const syntaxErrorPlace = async (source: string, file: string): Promise<SourcePlace | null> => {
  const parsing = await parse(source, file);
  return parsing.kind === 'failed' ? parsing.place : null;
};

const statementsOf = ({body}: Syntax): readonly Syntax[] => (Array.isArray(body) ? body : []);

/** What the file's own constants stand for. */
const declarations = (program: Syntax): Scope =>
  new Map(
    statementsOf(program)
      .map(statement => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
      .flatMap(statement => (statement?.type === 'VariableDeclaration' ? (statement.declarations ?? []) : []))
      .flatMap(({id, init}) => (id?.name !== undefined && init ? [[id.name, init] as const] : [])),
  );

/** A constant stands for its value, `stall({…})` and `defineScenario({…})` for what they are given. */
const resolved = (node: Syntax, scope: Scope): Syntax => {
  const constant = node.type === 'Identifier' ? scope.get(node.name ?? '') : undefined;
  if (constant) return resolved(constant, new Map([...scope].filter(([name]) => name !== node.name)));
  const [given] = node.type === 'CallExpression' ? (node.arguments ?? []) : [];
  return given?.type === 'ObjectExpression' || given?.type === 'Identifier' ? resolved(given, scope) : node;
};

/** What is exported by default, as a module or by CommonJS. */
const scenarioOf = (program: Syntax, scope: Scope): Syntax | null => {
  for (const statement of statementsOf(program)) {
    const {type, declaration, expression} = statement;
    if (type === 'ExportDefaultDeclaration' && declaration) return resolved(declaration, scope);
    if (type === 'ExpressionStatement' && expression?.type === 'AssignmentExpression' && expression.right)
      return resolved(expression.right, scope);
  }
  return null;
};

type Child = {
  /** The key of a property, or the element itself. */
  readonly place: Syntax;
  readonly value: Syntax | null;
};

const childOf = (node: Syntax, key: PropertyKey, scope: Scope): Child | null => {
  const holder = resolved(node, scope);
  if (holder.type === 'ArrayExpression') {
    const upToIt = holder.elements?.slice(0, Number(key) + 1) ?? [];
    // What a spread brings is not known, and everything behind it has another index.
    if (upToIt.some(element => element?.type === 'SpreadElement')) return null;
    const value = upToIt[Number(key)];
    return value ? {place: value, value} : null;
  }
  const property = holder.properties?.findLast(
    ({key: own}) => own?.name === String(key) || own?.value === String(key),
  );
  if (!property?.key) return null;
  return {place: property.key, value: typeof property.value === 'object' ? property.value : null};
};
