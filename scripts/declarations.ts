// One declaration file of many, as `tsc` prints them: the statements that what the entry exports is made of.
import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';

type Statement = {readonly name: string; readonly text: string; readonly mentions: ReadonlySet<string>};

/** A statement begins at the start of a line, with the comment before it. */
const startPattern =
  /^(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?(?:import|export|(?:export )?(?:declare |type |interface ))\b/gm;

const statementsOf = (text: string): string[] => {
  const starts = [...text.matchAll(startPattern)].map(({index}) => index);
  return starts.map((start, position) => text.slice(start, starts[position + 1]).trimEnd());
};

const commentOrText = /\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;
/** Of a type that was inferred. */
const inlineImport = /\bimport\("(\.[^"]+)"\)\./g;
const fromPattern = /(?:\bfrom |\bimport\()['"](\.[^'"]+)['"]/g;
const declarationPattern =
  /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|type|interface) (\w+)/m;

/** The only one that the declarations have is zod's. */
const packageImport = /^import (?:type )?\{ (\w+) \} from '([^.][^']*)';$/;

const imported = (name: string, source: string): Statement => ({
  name,
  text: `import type { ${name} } from '${source}';`,
  mentions: new Set(),
});

const withoutComment = (statement: string): string => statement.replace(/^\/\*\*[\s\S]*?\*\/\n/, '');

const declared = (text: string): Statement => {
  const code = withoutComment(text);
  const [, name] = declarationPattern.exec(code) ?? [];
  if (name === undefined) throw new Error(`not a declaration that can be rolled up: ${text}`);
  const mentions = new Set(code.replace(commentOrText, '').match(/(?<![\w$])[A-Za-z_]\w*/g));
  const comment = text.slice(0, text.length - code.length);
  const local = code.replace(/^export (?:declare )?/, match => (match.includes('declare') ? 'declare ' : ''));
  return {name, text: comment + local.replace(inlineImport, ''), mentions};
};

/** @throws where two files declare the same name */
const readAll = (
  entry: string,
): {readonly statements: Map<string, Statement>; readonly exports: string[]} => {
  const statements = new Map<string, Statement>();
  const exports: string[] = [];
  const visited = new Set<string>();
  const visit = (file: string): void => {
    if (visited.has(file)) return;
    visited.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, specifier] of text.matchAll(fromPattern))
      visit(resolve(dirname(file), specifier!.replace(/\.[jt]s$/, '.d.ts')));
    for (const statement of statementsOf(text)) {
      const code = withoutComment(statement);
      const fromPackage = packageImport.exec(code);
      if (fromPackage) statements.set(fromPackage[1]!, imported(fromPackage[1]!, fromPackage[2]!));
      if (/^import |^export \{\};/.test(code)) continue;
      if (/^export (?:type )?\{/.test(code)) {
        if (file === entry) exports.push(code.replace(/ from '[^']+'/, ''));
        continue;
      }
      const one = declared(statement);
      if (statements.has(one.name)) throw new Error(`${file}: ${one.name} is declared elsewhere, too`);
      statements.set(one.name, one);
    }
  };
  visit(entry);
  return {statements, exports};
};

export const rolledUp = (entry: string): string => {
  const {statements, exports} = readAll(entry);
  const reached = new Set<string>();
  const reach = (name: string): void => {
    const statement = statements.get(name);
    if (statement === undefined || reached.has(name)) return;
    reached.add(name);
    for (const mentioned of statement.mentions) reach(mentioned);
  };
  for (const name of exports.flatMap(line => line.match(/\b\w+\b/g) ?? [])) reach(name);
  const kept = [...statements.values()].filter(({name}) => reached.has(name));
  return `${[...kept.map(({text}) => text), ...exports].join('\n')}\n`;
};
