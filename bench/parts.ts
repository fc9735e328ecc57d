// The parts of the benchmark, in the order of docs/performance.md. Each is loaded when it is measured.
import type {Part} from './part.ts';

export const loadPart: Readonly<Record<string, () => Promise<{readonly part: Part}>>> = {
  'pass-through': () => import('./injector/pass-through.ts'),
  accuracy: () => import('./injector/accuracy.ts'),
  'injector-memory': () => import('./injector/memory.ts'),
  'http-faults': () => import('./injector/http-faults.ts'),
  http2: () => import('./http2/http2.ts'),
  driver: () => import('./driver/driver.ts'),
  'load-generators': () => import('./driver/load-generators.ts'),
  receiver: () => import('./receiver/receiver.ts'),
  explore: () => import('./explore.ts'),
};

export const partNames: readonly string[] = Object.keys(loadPart);
