// The stack of an error as frames with their owners: whose code it was, and where, without this machine's paths.
import type {ProfileFrame} from '../model/profile.ts';
import {type CodeLocations, describeFrame} from './owner.ts';

/** `at name (place:line:column)`, or `at place:line:column`. */
const framePattern = /^at (?:async )?(?:(.*) \()?([^()]*):(\d+):(\d+)\)?$/;

const namePattern = /^at (?:async )?(.*?)(?: \(.*\))?$/;

const describeLine = (line: string, locations: CodeLocations): ProfileFrame => {
  const [, name = '', url = '', lineNumber, columnNumber] = framePattern.exec(line) ?? [];
  const [, bareName = ''] = namePattern.exec(line) ?? [];
  const frame = {scriptId: '', url, columnNumber: Number(columnNumber ?? 1) - 1};
  return url === ''
    ? describeFrame({...frame, functionName: bareName, lineNumber: 0}, locations)
    : describeFrame({...frame, functionName: name, lineNumber: Number(lineNumber) - 1}, locations);
};

/** The innermost first, as V8 prints them; lines that are not frames, and foulweather's own code, are left out. */
export const describeStack = (stack: readonly string[], locations: CodeLocations): ProfileFrame[] =>
  stack
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .map(line => describeLine(line, locations))
    .filter(({ownerKind}) => ownerKind !== 'harness');
