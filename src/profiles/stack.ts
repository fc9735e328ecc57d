// The stack of an error as frames with their owners: whose code it was, and where, without this machine's paths.
import type {ProfileFrame} from '../model/profile.ts';
import {describeFrame, type Ground} from './owner.ts';

/** `at name (place:line:column)`, or `at place:line:column`. */
const framePattern = /^at (?:async )?(?:(.*) \()?([^()]*):(\d+):(\d+)\)?$/;

const namePattern = /^at (?:async )?(.*?)(?: \(.*\))?$/;

const describeLine = (line: string, ground: Ground): ProfileFrame => {
  const [, name = '', url = '', lineNumber, columnNumber] = framePattern.exec(line) ?? [];
  const [, bareName = ''] = namePattern.exec(line) ?? [];
  const frame = {scriptId: '', url, columnNumber: Number(columnNumber ?? 1) - 1};
  return url === ''
    ? describeFrame({...frame, functionName: bareName, lineNumber: 0}, ground)
    : describeFrame({...frame, functionName: name, lineNumber: Number(lineNumber) - 1}, ground);
};

/** The innermost first, as V8 prints them; lines that are no frames, and our own code, are left out. */
export const describeStack = (stack: readonly string[], ground: Ground): ProfileFrame[] =>
  stack
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .map(line => describeLine(line, ground))
    .filter(({ownerKind}) => ownerKind !== 'harness');
