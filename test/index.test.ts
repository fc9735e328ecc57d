// What the package exports is explained where an editor shows it: in the declarations that are shipped.
import {resolve} from 'node:path';
import test from 'ava';
import {createProgram, DEFAULT_CONFIG} from 'ts-json-schema-generator';

const root = resolve(import.meta.dirname, '..');
/** As `npm run build` makes it: comments that a declaration lost on the way are missing here. */
const entry = resolve(root, 'dist/index.d.ts');

const program = createProgram({
  ...DEFAULT_CONFIG,
  path: entry,
  tsconfig: resolve(root, 'tsconfig.json'),
  skipTypeCheck: true,
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(entry)!;

type Symbol = ReturnType<typeof checker.getExportsOfModule>[number];
type Type = ReturnType<typeof checker.getDeclaredTypeOfSymbol>;

const exported = checker
  .getExportsOfModule(checker.getSymbolAtLocation(source)!)
  .map(symbol => checker.getAliasedSymbol(symbol));

const isExplained = (symbol: Symbol): boolean =>
  symbol.getDocumentationComment(checker).some(({text}) => text.trim() !== '');

/** What says which kind of a union this is explains itself by its value, and so does what the language brings. */
const isOwn = (symbol: Symbol): boolean =>
  symbol.name !== 'kind' && (symbol.declarations ?? []).some(node => node.getSourceFile() === source);

/** The places below a type whose properties have no comment. */
const unexplained = (type: Type, place: string, seen: Set<Type>): string[] => {
  if (seen.has(type)) return [];
  seen.add(type);
  if (type.isUnionOrIntersection() && type.isUnion())
    return type.types.flatMap(part => unexplained(part, place, seen));
  const own = type.getProperties().filter(isOwn);
  return [
    ...own.filter(property => !isExplained(property)).map(({name}) => `${place}.${name}`),
    ...own.flatMap(property =>
      unexplained(checker.getTypeOfSymbol(property), `${place}.${property.name}`, seen),
    ),
    ...checker.getIndexInfosOfType(type).flatMap(info => unexplained(info.type, `${place}[]`, seen)),
    ...type
      .getCallSignatures()
      .flatMap(signature => [
        ...signature.parameters.flatMap(parameter =>
          unexplained(checker.getTypeOfSymbol(parameter), `${place}(${parameter.name})`, seen),
        ),
        ...unexplained(signature.getReturnType(), `${place}()`, seen),
      ]),
  ];
};

test('the declarations export what the sources do', t => {
  t.true(exported.length > 70);
});

test('each exported symbol has a comment', t => {
  t.deepEqual(
    exported.filter(symbol => !isExplained(symbol)).map(({name}) => name),
    [],
  );
});

for (const symbol of exported) {
  test(`each property that ${symbol.name} has is explained`, t => {
    const seen = new Set<Type>();
    const types = [checker.getDeclaredTypeOfSymbol(symbol), checker.getTypeOfSymbol(symbol)];
    t.deepEqual(
      types.flatMap(type => unexplained(type, symbol.name, seen)),
      [],
    );
  });
}
