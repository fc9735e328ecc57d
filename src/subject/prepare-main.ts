// The preparing child: brings the real server into the state that a trial begins with. What it leaves running goes on until the trial is over.
import {loadScenario} from './load-scenario.ts';
import type {FromPreparer, PrepareTask} from './protocol.ts';

const prepare = async ({scenarioFile, ...context}: PrepareTask): Promise<void> => {
  const {scenario} = await loadScenario(scenarioFile);
  if (!scenario.prepare) throw new Error('the scenario has no prepare()');
  await scenario.prepare(context);
};

const send = (message: FromPreparer): void => {
  process.send?.(message);
};

process.on('disconnect', () => process.exit(0));
process.on('message', (task: PrepareTask) => {
  prepare(task).then(
    () => send({kind: 'prepared'}),
    (error: unknown) =>
      send({kind: 'failed', message: error instanceof Error ? error.message : String(error)}),
  );
});
