// The mutants of a source file: small changes that a test should notice, each at a place in the syntax tree.
import {stripTypeScriptTypes} from 'node:module';
import {type AnyNode, type Expression, parse, type Token} from 'acorn';
import {fullAncestor} from 'acorn-walk';
import {regexEdits} from './regex.ts';

/** One change, in offsets into the source with its types. */
export type Mutant = {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The start of what is evaluated otherwise: a test that does not come here cannot notice. */
  readonly reachedAt: number;
  readonly line: number;
  /** The line it is on, before and after, without its indent. */
  readonly original: string;
  readonly mutated: string;
};

type Edit = Pick<Mutant, 'start' | 'end' | 'replacement'> & {readonly reachedAt?: number};

/** What a node is seen with: the tokens of the file, and its parents, the closest first. */
type Place = {
  readonly code: string;
  readonly tokens: readonly Token[];
  readonly parents: readonly AnyNode[];
};

/** Types become blanks, so that places in the tree are places in the source. */
const stripped = (source: string): string => {
  const code = stripTypeScriptTypes(source);
  if (code.length !== source.length) throw new Error('stripping the types has moved the code');
  return code;
};

const parseModule = (code: string, onToken?: Token[]): AnyNode =>
  parse(code, {ecmaVersion: 'latest', sourceType: 'module', ...(onToken ? {onToken} : {})});

export const mutantsOf = (source: string): Mutant[] => {
  const code = stripped(source);
  const tokens: Token[] = [];
  const edits: Edit[] = [];
  fullAncestor(parseModule(code, tokens), (node, _state, ancestors) => {
    const parents = ancestors.slice(0, -1).reverse() as AnyNode[];
    edits.push(...editsOf(node as AnyNode, {code, tokens, parents}));
  });
  const unique = new Map(edits.map(edit => [`${edit.start} ${edit.end} ${edit.replacement}`, edit]));
  return [...unique.values()]
    .filter(edit => isModule(mutatedSource(source, edit)))
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(edit => described(source, edit));
};

export const mutatedSource = (source: string, {start, end, replacement}: Edit): string =>
  source.slice(0, start) + replacement + source.slice(end);

/** What cannot be parsed would fail any test, and say nothing about it. */
const isModule = (source: string): boolean => {
  try {
    parseModule(stripTypeScriptTypes(source));
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

const described = (source: string, edit: Edit): Mutant => {
  const lineStart = source.lastIndexOf('\n', edit.start - 1) + 1;
  const newline = source.indexOf('\n', edit.end);
  const lineEnd = newline < 0 ? source.length : newline;
  const shown = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ');
  return {
    ...edit,
    reachedAt: edit.reachedAt ?? edit.start,
    line: source.slice(0, edit.start).split('\n').length,
    original: shown(source.slice(lineStart, lineEnd)),
    mutated: shown(source.slice(lineStart, edit.start) + edit.replacement + source.slice(edit.end, lineEnd)),
  };
};

const otherOperators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '**': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
};

const otherMethods: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  find: 'findLast',
  findLast: 'find',
  findIndex: 'findLastIndex',
  findLastIndex: 'findIndex',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

/** Calls that give back something of the kind that they are called on, so that they can be left out. */
const passing: ReadonlySet<string> = new Set([
  'filter',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'slice',
  'trim',
]);

const editsOf = (node: AnyNode, place: Place): Edit[] => {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
      return joinsText(node) ? [] : operatorEdits(node.left, node.operator, place);
    case 'AssignmentExpression':
      return operatorEdits(node.left, node.operator, place);
    case 'UnaryExpression':
      return ['!', '-'].includes(node.operator)
        ? [{start: node.start, end: node.argument.start, replacement: ''}]
        : [];
    case 'UpdateExpression': {
      const start = node.prefix ? node.start : node.end - 2;
      return [{start, end: start + 2, replacement: node.operator === '++' ? '--' : '++'}];
    }
    case 'IfStatement':
    case 'ConditionalExpression':
      return decided(node.test);
    case 'WhileStatement':
      return decided(node.test).filter(({replacement}) => replacement === 'false');
    case 'Literal':
    case 'TemplateLiteral':
    case 'ArrayExpression':
      return valueEdits(node, place);
    case 'CallExpression':
      return callEdits(node);
    case 'ExpressionStatement':
      return 'directive' in node && node.directive !== undefined ? [] : [whole(node, ';')];
    case 'ThrowStatement':
    case 'ContinueStatement':
    case 'BreakStatement':
      return [whole(node, ';')];
    case 'ReturnStatement':
      return node.argument && answersYesOrNo(node.argument) ? decided(node.argument) : [];
    case 'ArrowFunctionExpression':
      return node.body.type !== 'BlockStatement' && answersYesOrNo(node.body) ? decided(node.body) : [];
    default:
      return [];
  }
};

const whole = ({start, end}: AnyNode, replacement: string): Edit => ({start, end, replacement});

const decided = (test: AnyNode): Edit[] => [whole(test, 'true'), whole(test, 'false')];

const isText = (node: AnyNode): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');

/** A plus between texts has no other operator. */
const joinsText = (node: AnyNode): boolean =>
  node.type === 'BinaryExpression' && node.operator === '+' && (isText(node.left) || isText(node.right));

const operatorEdits = (left: AnyNode, operator: string, {code, tokens}: Place): Edit[] => {
  const token = tokens.find(({start, end}) => start >= left.end && code.slice(start, end) === operator);
  if (!token) return [];
  return (otherOperators[operator] ?? []).map(replacement => ({
    start: token.start,
    end: token.end,
    replacement,
    reachedAt: left.start,
  }));
};

const answersYesOrNo = (node: Expression): boolean =>
  (node.type === 'BinaryExpression' && /^(?:[<>]=?|[!=]==|in|instanceof)$/.test(node.operator)) ||
  node.type === 'LogicalExpression' ||
  (node.type === 'UnaryExpression' && node.operator === '!') ||
  (node.type === 'CallExpression' &&
    /^(?:some|every|has|includes|test|startsWith|endsWith)$/.test(methodOf(node)?.name ?? ''));

const methodOf = (
  node: AnyNode,
): {readonly name: string; readonly start: number; readonly end: number} | null =>
  node.type === 'CallExpression' &&
  node.callee.type === 'MemberExpression' &&
  !node.callee.computed &&
  node.callee.property.type === 'Identifier'
    ? node.callee.property
    : null;

const callEdits = (node: AnyNode & {readonly type: 'CallExpression'}): Edit[] => {
  const method = methodOf(node);
  if (!method || node.callee.type !== 'MemberExpression') return [];
  const {start, end, name} = method;
  const other = Object.hasOwn(otherMethods, name) ? otherMethods[name] : undefined;
  return [
    ...(other === undefined ? [] : [{start, end, replacement: other, reachedAt: node.start}]),
    ...(passing.has(name)
      ? [{start: node.callee.object.end, end: node.end, replacement: '', reachedAt: node.start}]
      : []),
  ];
};

const valueEdits = (node: AnyNode, {parents, tokens}: Place): Edit[] => {
  const [parent] = parents;
  if (parent && isName(node, parent)) return [];
  if (node.type === 'ArrayExpression') return node.elements.length > 0 ? [whole(node, '[]')] : [];
  if (node.type === 'TemplateLiteral') {
    const isEmpty = node.quasis.every(({value}) => value.raw === '') && node.expressions.length === 0;
    return parent?.type === 'TaggedTemplateExpression' ? [] : [whole(node, isEmpty ? '`mutant`' : '``')];
  }
  if (node.type !== 'Literal') return [];
  if (node.regex) return patternEdits(node.start, node.regex);
  if (typeof node.value === 'string') return [whole(node, node.value === '' ? "'mutant'" : "''")];
  if (typeof node.value === 'boolean') return [whole(node, String(!node.value))];
  if (typeof node.value !== 'number') return [];
  const value = node.value;
  // -1 is a minus and a one: after the minus, no further one may come.
  const isAfterMinus = tokens.some(({end, type}) => end === node.start && type.label === '+/-');
  return [value + 1, value - 1]
    .filter(changed => changed >= 0 || !(isAfterMinus || (parent && comparesSize(parent))))
    .map(changed => whole(node, changed < 0 ? `(${changed})` : String(changed)));
};

/** Keys, sources of imports and the names that typeof answers with: no values that a test could see another way. */
const isName = (node: AnyNode, parent: AnyNode): boolean =>
  ((parent.type === 'Property' || parent.type === 'PropertyDefinition') && parent.key === node) ||
  (parent.type === 'MemberExpression' && parent.computed && isText(node)) ||
  /^(?:Import|Export)/.test(parent.type) ||
  (parent.type === 'BinaryExpression' &&
    [parent.left, parent.right].some(
      side => side.type === 'UnaryExpression' && side.operator === 'typeof',
    )) ||
  parent.type === 'ExpressionStatement';

/** No size is below nought: a comparison with less is one that is decided. */
const comparesSize = (node: AnyNode): boolean =>
  node.type === 'BinaryExpression' &&
  node.left.type === 'MemberExpression' &&
  node.left.property.type === 'Identifier' &&
  ['length', 'size'].includes(node.left.property.name);

const patternEdits = (
  start: number,
  {pattern, flags}: {readonly pattern: string; readonly flags: string},
): Edit[] => [
  ...regexEdits(pattern).map(edit => ({
    start: start + 1 + edit.start,
    end: start + 1 + edit.end,
    replacement: edit.replacement,
  })),
  ...[...flags].map((_, index) => {
    const at = start + pattern.length + 2 + index;
    return {start: at, end: at + 1, replacement: ''};
  }),
];
