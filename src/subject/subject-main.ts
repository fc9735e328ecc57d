// The subject: a fresh process that loads the scenario and its library, drives operations, and reports.
import {constants} from 'node:os';
import {onParentMessage} from '../model/channel.ts';
import {type Loaded, loadSubject} from './load-subject.ts';
import type {ProgramEnd} from './program-subject.ts';
import {send, type ToSubject} from './protocol.ts';
import {shutdownSdk} from './running-sdk.ts';
import {SubjectSession} from './subject-session.ts';

let loaded: Loaded | null = null;
let subject: SubjectSession | null = null;
/** How its program ended after SIGTERM; null where it did not, or was not sent it. */
let terminated: ProgramEnd | null = null;

const handle = async (message: ToSubject): Promise<void> => {
  switch (message.kind) {
    case 'task':
      loaded = await loadSubject(message.task, {environment: process.env, endAs});
      break;
    case 'open':
      subject = loaded && (await SubjectSession.open(loaded, message.limitMs));
      if (subject === null) {
        loaded?.program?.end();
        await end();
      }
      break;
    case 'try':
      await subject?.try(message.limitMs);
      break;
    case 'phase':
      subject?.enterPhase(message.phase);
      break;
    case 'pulse':
      subject?.pulse();
      break;
    case 'drain':
      await subject?.drain(message.limitMs);
      break;
    case 'snapshot-heap':
      subject?.keep('heap-snapshot');
      break;
    case 'close':
      await subject?.close(message.limitMs);
      await end();
      break;
    case 'close-under-load':
      await subject?.closeUnderLoad(message.limitMs);
      break;
    case 'terminate':
      terminated = (await subject?.terminate(message.limitMs)) ?? null;
      break;
    case 'leave':
      subject?.leave();
      await end();
      if (terminated) endAs(terminated);
      break;
  }
};

/** The process is left to end by itself: what a library keeps alive after its close is worth seeing. */
const end = async (): Promise<void> => {
  await shutdownSdk().catch((error: unknown) => {
    send({kind: 'warning', atMs: 0, name: 'TelemetryShutdown', message: String(error)});
  });
  process.removeListener('disconnect', exitWithParent);
  if (process.connected) process.disconnect();
};

/** As the program ended: by the same signal, or with the same code. What is left to report is reported at the exit. */
const endAs = ({exitCode, signal}: ProgramEnd): void => {
  if (signal !== null) process.on('exit', () => process.kill(process.pid, signal));
  process.exit(exitCode ?? (signal === null ? 1 : 128 + constants.signals[signal]));
};

const exitWithParent = (): void => process.exit(0);

process.on('disconnect', exitWithParent);
onParentMessage((message: ToSubject) => void handle(message));
