// What of a source file a test has reached, by V8's block coverage.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

type Range = {readonly startOffset: number; readonly endOffset: number; readonly count: number};

type Script = {readonly url: string; readonly functions: readonly {readonly ranges: readonly Range[]}[]};

/** Whether a test came to an offset in a source file, by the file's URL. */
export type Reach = (url: string, offset: number) => boolean;

/** Reads what NODE_V8_COVERAGE left in a folder, one file for each process and thread. */
export const readReach = (folder: string, urls: ReadonlySet<string>): Reach => {
  const scripts = readdirSync(folder).flatMap(name => {
    const {result} = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      readonly result: readonly Script[];
    };
    return result.filter(({url}) => urls.has(url));
  });
  return (url, offset) => scripts.some(script => script.url === url && countAt(script, offset) > 0);
};

/** The smallest range around an offset says how often it was come by: ranges are nested. */
const countAt = ({functions}: Script, offset: number): number =>
  functions
    .flatMap(({ranges}) => ranges)
    .filter(({startOffset, endOffset}) => startOffset <= offset && offset < endOffset)
    .reduce<Range | null>(
      (least, range) =>
        least && least.endOffset - least.startOffset < range.endOffset - range.startOffset ? least : range,
      null,
    )?.count ?? 0;
