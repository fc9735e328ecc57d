// What the subject trusts: the target's authority, the injector's, and the user's own.
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {Injector} from '../../../src/faults/control.ts';
import {startInjector} from '../../../src/faults/server/injector.ts';
import {httpStatus} from '../../../src/model/http-fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {mysqlError, postgresError, redisError, smtpError} from '../../../src/model/reply-fault.ts';
import {tlsClose} from '../../../src/model/tls-fault.ts';
import {withExtraCaCerts} from '../../../src/run/processes/extra-ca-certs.ts';
import {planOf} from '../../../src/scenarios/plan-of.ts';
import {RunFolder} from '../../../src/store/run-folder.ts';
import {temporaryFolder} from '../../helpers/run-folders.ts';
import {scenarioWith} from '../../helpers/trial-scenario.ts';

const tlsPlan: Plan = planOf(
  scenarioWith({phases: [{name: 'closed', role: 'fault', durationMs: 1000, faults: [tlsClose()]}]}),
);

const httpPlan: Plan = planOf(
  scenarioWith({
    phases: [{name: 'busy', role: 'fault', durationMs: 1000, faults: [httpStatus({status: 503})]}],
  }),
);

type Given = {
  readonly url?: string;
  readonly plan?: Plan;
  readonly authority?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly folder: string;
};

const trusted = async (t: ExecutionContext, {url, plan, authority, environment, folder}: Given) => {
  const server = await startInjector({host: '127.0.0.1', port: 0, seed: 1});
  t.teardown(() => server.close());
  const ca = await (await fetch(`${server.url}/foulweather/ca.pem`)).text();
  const trust = await withExtraCaCerts(environment ?? {PATH: 'x'}, {
    plan: plan ?? planOf(scenarioWith({})),
    target: {
      url: url ?? 'https://127.0.0.1:1',
      child: null,
      authority: authority ?? null,
      description: null,
      service: null,
    },
    injector: {injector: new Injector(server.url), version: 'embedded', embedded: true, child: null},
    folder: new RunFolder(folder),
  });
  const {NODE_EXTRA_CA_CERTS: path, ...rest} = trust.environment;
  const text = path === undefined ? null : await readFile(path, 'utf8');
  return {ca, rest, path, text, trustsInjector: trust.trustsInjector};
};

test('where no TLS is met nothing is changed', async t => {
  const {path, rest, trustsInjector} = await trusted(t, {folder: await temporaryFolder(t)});
  t.is(path, undefined);
  t.false(trustsInjector);
  t.deepEqual(rest, {PATH: 'x'});
});

test('the injector’s authority comes with a TLS fault, the target’s with the target', async t => {
  const folder = await temporaryFolder(t);
  const {ca, path, text, rest} = await trusted(t, {plan: tlsPlan, authority: 'target', folder});
  t.is(path, join(folder, 'authorities.pem'));
  t.is(text, `\ntarget\n${ca}`);
  t.deepEqual(rest, {PATH: 'x'});
  const without = await trusted(t, {authority: 'target', folder});
  t.is(without.text, '\ntarget');
  t.false(without.trustsInjector);
});

test('the injector’s authority comes with an HTTP fault where the target may speak TLS', async t => {
  const folder = await temporaryFolder(t);
  const given = {plan: httpPlan, folder};
  const {ca, text} = await trusted(t, given);
  t.is(text, `\n${ca}`);
  t.is((await trusted(t, {...given, url: 'http://127.0.0.1:1'})).path, undefined);
  t.is((await trusted(t, {...given, url: 'grpc://127.0.0.1:1'})).path, undefined);
});

test('the injector’s authority comes with an error of a server where a connection may turn to TLS', async t => {
  const folder = await temporaryFolder(t);
  const rows = [
    [postgresError({error: '40001'}), 'postgres://127.0.0.1:1/x', true],
    [mysqlError({error: '1205'}), 'mysql://127.0.0.1:1/x', true],
    [smtpError({error: '452'}), 'smtp://127.0.0.1:1', true],
    [redisError({error: 'OOM'}), 'rediss://127.0.0.1:1', true],
    [redisError({error: 'OOM'}), 'redis://127.0.0.1:1', false],
  ] as const;
  for (const [fault, url, isTrusted] of rows) {
    const phases = [{name: 'said', role: 'fault', durationMs: 1000, faults: [fault]}] as const;
    const plan = planOf(scenarioWith({phases, target: {url}}));
    const {ca, text, trustsInjector} = await trusted(t, {plan, folder, url});
    t.is(text, isTrusted ? `\n${ca}` : null, url);
    t.is(trustsInjector, isTrusted, url);
  }
});

test('a file of the user’s own is kept, and one that is not there is no matter', async t => {
  const folder = await temporaryFolder(t);
  const own = join(folder, 'own.pem');
  await writeFile(own, 'own');
  const given = {authority: 'target', folder};
  t.is((await trusted(t, {...given, environment: {NODE_EXTRA_CA_CERTS: own}})).text, 'own\ntarget');
  const missing = {NODE_EXTRA_CA_CERTS: join(folder, 'none.pem')};
  t.is((await trusted(t, {...given, environment: missing})).text, '\ntarget');
});
