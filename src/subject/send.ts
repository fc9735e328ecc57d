// The way from the subject to the harness.
import type {SubjectEvent} from '../model/event.ts';

/** Once the channel is closed there is nobody to tell: a late warning must not end a library's process. */
export const send = (event: SubjectEvent): void => {
  if (process.connected) process.send?.(event);
};
