// Frames and parts of profiles as V8 would have them.
import type {CallFrame, CpuPart} from '../../src/model/profile-part.ts';
import type {CodeLocations} from '../../src/profiles/owner.ts';

export const locations: CodeLocations = {
  scenarioUrl: 'file:///home/somebody/service/scenarios/pool.ts',
  harnessUrl: 'file:///home/somebody/service/node_modules/foulweather/dist/',
};

export const modules = 'file:///home/somebody/service/node_modules';

/** Lines count from 0, as V8's do. */
export const frame = (functionName: string, url = '', lineNumber = 0): CallFrame => ({
  functionName,
  scriptId: url === '' ? '0' : String(url.length),
  url,
  lineNumber,
  columnNumber: 0,
});

/** `samples` are names of the chain of `frames`, a sample each 5 ms; the part ends when the last has lasted 5 ms. */
export const cpuPart = (
  endMs: number,
  frames: readonly CallFrame[],
  samples: readonly string[],
  startTime = 7e9,
): CpuPart => {
  const nodes = [frame('(root)'), ...frames].map((callFrame, index, all) => ({
    id: index + 1,
    callFrame,
    children: index + 1 < all.length ? [index + 2] : [],
  }));
  return {
    kind: 'cpu',
    endMs,
    profile: {
      nodes,
      startTime,
      endTime: startTime + samples.length * 5000,
      samples: samples.map(name => nodes.find(({callFrame}) => callFrame.functionName === name)!.id),
      timeDeltas: samples.map((_, index) => (index === 0 ? 0 : 5000)),
    },
  };
};
