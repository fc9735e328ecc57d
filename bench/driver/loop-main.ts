// The process of one loop: its task is the only argument, its result the only message.
import {type LoopTask, runTask} from './loop.ts';

const result = await runTask(JSON.parse(process.argv[2]!) as LoopTask);
process.send?.(result, () => process.exit(0));
