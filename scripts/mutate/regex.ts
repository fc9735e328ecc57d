// Mutants of a regular expression: an alternative dropped, an assertion dropped or turned round, a quantifier changed, a flag
// dropped. One scan over the pattern; classes are left as they are.

/** An edit of the pattern's text, in offsets into it. */
export type Edit = {readonly start: number; readonly end: number; readonly replacement: string};

type Alternative = {readonly start: number; readonly end: number};

type Group = {alternativeStart: number; readonly alternatives: Alternative[]};

const groupHead = /\((?:\?(?:[:=!]|<[=!]|<\w+>|[a-z-]+:))?/y;
const countedRepeat = /\{(\d+)(,\d*)?\}/y;

export const regexEdits = (pattern: string): Edit[] => {
  const edits: Edit[] = [];
  const groups: Group[] = [{alternativeStart: 0, alternatives: []}];
  const closeAlternative = (at: number): Group => {
    const group = groups.at(-1)!;
    group.alternatives.push({start: group.alternativeStart, end: at});
    return group;
  };
  const closeGroup = (at: number): void => {
    edits.push(...droppedAlternatives(closeAlternative(at).alternatives));
    groups.pop();
  };
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at]!;
    if (char === '\\') {
      if (/[bB]/.test(pattern[at + 1] ?? '')) edits.push({start: at, end: at + 2, replacement: ''});
      at += 2;
    } else if (char === '[') {
      at = endOfClass(pattern, at);
    } else if (char === '(') {
      const head = matchAt(groupHead, pattern, at)!;
      const turned = turnedRound(head[0]);
      if (turned !== null) edits.push({start: at, end: at + head[0].length, replacement: turned});
      at += head[0].length;
      groups.push({alternativeStart: at, alternatives: []});
    } else if (char === ')') {
      closeGroup(at);
      at += 1;
    } else if (char === '|') {
      closeAlternative(at).alternativeStart = at + 1;
      at += 1;
    } else if (char === '^' || char === '$') {
      edits.push({start: at, end: at + 1, replacement: ''});
      at += 1;
    } else {
      const repeat = repeatAt(pattern, at);
      if (repeat !== null) edits.push(...repeat.edits);
      at = repeat?.end ?? at + 1;
    }
  }
  closeGroup(at);
  return edits;
};

const matchAt = (sticky: RegExp, text: string, at: number): RegExpExecArray | null => {
  sticky.lastIndex = at;
  return sticky.exec(text);
};

/** An alternative goes together with the bar on one of its sides; an only one stays. */
const droppedAlternatives = (alternatives: readonly Alternative[]): Edit[] =>
  alternatives.length < 2
    ? []
    : alternatives.map(({start, end}, index) =>
        index === 0 ? {start, end: end + 1, replacement: ''} : {start: start - 1, end, replacement: ''},
      );

const endOfClass = (pattern: string, from: number): number => {
  let at = from + 1;
  while (pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at + 1;
};

const turnedRound = (head: string): string | null => {
  if (head.endsWith('=')) return `${head.slice(0, -1)}!`;
  return head.endsWith('!') ? `${head.slice(0, -1)}=` : null;
};

/** What is written after a quantifier to make it lazy belongs to it. */
const repeatAt = (pattern: string, at: number): {readonly edits: Edit[]; readonly end: number} | null => {
  const counted = matchAt(countedRepeat, pattern, at);
  if (counted) {
    const end = at + counted[0].length;
    const replacements = [`{${Number(counted[1]) + 1}${counted[2] ?? ''}}`];
    if (Number(counted[1]) > 0) replacements.push(`{${Number(counted[1]) - 1}${counted[2] ?? ''}}`);
    return {
      edits: replacements.map(replacement => ({start: at, end, replacement})),
      end: afterLazy(pattern, end),
    };
  }
  const replacement = {'?': '', '*': '+', '+': ''}[pattern[at]!];
  if (replacement === undefined) return null;
  // `x+?` without its plus would be `x?`, which is another quantifier: then it goes as a whole.
  const end = afterLazy(pattern, at + 1);
  return {edits: [{start: at, end: replacement === '' ? end : at + 1, replacement}], end};
};

const afterLazy = (pattern: string, at: number): number => (pattern[at] === '?' ? at + 1 : at);
