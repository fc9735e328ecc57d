// The receiver's own process: starts it, follows the parent's messages, and ends when the parent does.
import {onParentMessage, sendToParent} from '../model/channel.ts';
import {messageOf} from '../model/error-message.ts';
import {exitCodes} from '../model/errors.ts';
import {HealthWatch} from '../model/process-health.ts';
import type {FromReceiver, ToReceiver} from '../model/receiver-protocol.ts';
import {startReceiver} from './receiver.ts';
import {TrialRelay} from './relay/trial-relay.ts';

const health = new HealthWatch();

const tell = (message: FromReceiver): void => sendToParent(message);

const fail = (error: unknown): void => {
  tell({kind: 'failed', message: messageOf(error)});
};

// Ctrl-C reaches the whole process group. The parent decides when to stop: it may still want this trial's observation.
process.on('SIGINT', () => undefined);
// Without the parent there is no one to observe for. Comes once all messages have been sent.
process.on('disconnect', () => process.exit());

const trialRelay = new TrialRelay();

const receiver = await startReceiver({
  host: '127.0.0.1',
  port: 0,
  onTaken: (trialId, signal, encoding, body) => trialRelay.pass(trialId, signal, encoding, body),
}).catch((error: unknown) => {
  fail(error);
  process.exitCode = exitCodes.harness;
  process.disconnect();
  throw error;
});

const obey = async (message: ToReceiver): Promise<void> => {
  switch (message.kind) {
    case 'relay':
      trialRelay.begin(message.target);
      return;
    case 'end-relay': {
      const {run, startEpochMs, limitMs} = message;
      tell({kind: 'relayed', counts: await trialRelay.end(run, startEpochMs, limitMs)});
      return;
    }
    case 'trial':
      receiver.startTrial(message);
      if (message.labels) trialRelay.startTrial(message.trialId, message.originEpochMs, message.labels);
      return;
    case 'phase':
      receiver.startPhase(message.trialId, message.phase, message.atMs, message.hits);
      trialRelay.startPhase(message.trialId, message.phase, message.atMs);
      return;
    case 'finish': {
      const {trialId} = message;
      const observation = await receiver.finishTrial(trialId);
      trialRelay.finishTrial(trialId, observation.exemplars);
      tell({kind: 'telemetry', trialId, observation});
      return;
    }
    case 'health':
      tell(health.answer(message.phase));
      return;
    case 'stop':
      await receiver.stop();
      process.disconnect();
  }
};

onParentMessage((message: ToReceiver) => {
  obey(message).catch(fail);
});

tell({kind: 'listening', url: receiver.url});
