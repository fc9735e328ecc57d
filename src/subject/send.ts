// The messages from the subject to the harness.
import {sendToParent} from '../model/channel.ts';
import type {SubjectEvent} from '../model/event.ts';

export const send = (event: SubjectEvent): void => sendToParent(event);
