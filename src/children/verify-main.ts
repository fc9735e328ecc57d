// The verifying child: calls the scenario's verify() with the real server's own address, and sends what it returned.
import '../subject/cache-preload.ts';
import {errorFacts} from '../load/error-facts.ts';
import {onParentMessage, sendToParent} from '../model/channel.ts';
import {outcomeCode} from '../model/outcome.ts';
import type {Applied} from '../model/scenario-functions.ts';
import {loadScenario} from '../subject/load-scenario.ts';
import type {FromVerifier, VerifyTask} from '../subject/protocol.ts';
import {countApplied} from '../subject/verified.ts';

const send = (message: FromVerifier): void => sendToParent(message, () => process.exit(0));

const verify = async ({
  scenarioFile,
  directUrl,
  trialId,
  outcomes,
  variant,
}: VerifyTask): Promise<FromVerifier> => {
  const {scenario} = await loadScenario(scenarioFile);
  if (!scenario.verify) throw new Error('the scenario has no verify()');
  const ok = outcomeCode('ok');
  const acknowledgedIds: string[] = [];
  for (const [index, code] of Buffer.from(outcomes, 'base64').entries()) {
    if (code === ok) acknowledgedIds.push(`${trialId}-${index}`);
  }
  const answer = await scenario.verify({directUrl, acknowledgedIds, trialId, variant});
  if (!Array.isArray((answer as Partial<Applied> | undefined)?.applied)) {
    throw new TypeError('verify() must return {applied: […]}, lists of the IDs that the server has');
  }
  return {kind: 'verified', ...countApplied(trialId, answer)};
};

process.on('disconnect', () => process.exit(0));
onParentMessage((task: VerifyTask) => {
  verify(task).then(send, (error: unknown) => send({kind: 'failed', error: errorFacts(error)}));
});
