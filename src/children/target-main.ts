// The target's process: the embedded HTTP server, or the server that the scenario starts.

import '../subject/cache-preload.ts';
import {errorFacts} from '../load/error-facts.ts';
import {onParentMessage, sendToParent} from '../model/channel.ts';
import {monotonicMs} from '../model/clock.ts';
import type {TargetPlan} from '../model/plan.ts';
import {HealthWatch} from '../model/process-health.ts';
import type {StartedTarget} from '../model/scenario-functions.ts';
import type {FromTarget, ToTarget} from '../model/target-protocol.ts';
import {loadScenario} from '../subject/load-scenario.ts';
import {startHttpTarget} from '../targets/http-target.ts';
import {Ledger} from '../targets/ledger.ts';

/** Given as the process's only argument, in JSON. */
export type TargetTask = {readonly scenarioFile: string; readonly target: TargetPlan};

const health = new HealthWatch();
const ledger = new Ledger(monotonicMs);
const task = JSON.parse(process.argv[2]!) as TargetTask;
let stop: () => unknown = () => {};

const send = (message: FromTarget, then?: () => void): void => sendToParent(message, then);

const start = async (): Promise<StartedTarget> => {
  if (task.target.kind === 'http') {
    const {thinkTimeMs, tls = false} = task.target;
    return startHttpTarget({thinkTimeMs, tls, ledger});
  }
  const {scenario} = await loadScenario(task.scenarioFile);
  if (!('start' in scenario.target)) throw new Error('the scenario has no target to start');
  return scenario.target.start({ledger});
};

process.on('disconnect', () => process.exit(0));
onParentMessage((message: ToTarget) => {
  switch (message.kind) {
    case 'trial':
      ledger.begin(message.trialId, message.originMonotonicMs);
      break;
    case 'collect':
      send({kind: 'ledger', ledger: ledger.observation()});
      break;
    case 'health':
      send(health.answer(message.phase));
      break;
    case 'stop':
      // The parent kills this process if the user's server does not stop in time.
      void Promise.resolve(stop()).finally(() => process.exit(0));
      break;
  }
});

try {
  const started = await start();
  stop = started.stop ?? stop;
  const {url, authority = null, description = null} = started;
  send({kind: 'listening', url, authority, description});
} catch (error) {
  send({kind: 'failed', error: errorFacts(error)}, () => process.exit(1));
}
