// The messages from the subject to the harness.
import {tellParent} from '../model/channel.ts';
import type {SubjectEvent} from '../model/event.ts';

export const send = (event: SubjectEvent): void => tellParent(event);
