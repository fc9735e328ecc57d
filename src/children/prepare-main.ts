// The preparing child: brings the real server into the state that a trial begins with. What it leaves running goes on until the trial is over.
import '../subject/cache-preload.ts';
import {errorFacts} from '../load/error-facts.ts';
import {onParentMessage, sendToParent} from '../model/channel.ts';
import {loadScenario} from '../subject/load-scenario.ts';
import type {FromPreparer, PrepareTask} from '../subject/protocol.ts';

const prepare = async ({scenarioFile, ...context}: PrepareTask): Promise<void> => {
  const {scenario} = await loadScenario(scenarioFile);
  if (!scenario.prepare) throw new Error('the scenario has no prepare()');
  await scenario.prepare(context);
};

const send = (message: FromPreparer): void => sendToParent(message);

process.on('disconnect', () => process.exit(0));
onParentMessage((task: PrepareTask) => {
  prepare(task).then(
    () => send({kind: 'prepared'}),
    (error: unknown) => send({kind: 'failed', error: errorFacts(error)}),
  );
});
