// Node compiles the same sources in hundreds of processes: with this in their environment it does so once.
import {resolve} from 'node:path';

export const compileCache = {
  NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/foulweather-test'),
} as const;
