// What a run in a network namespace of its own refuses, before anything is started.
import test from 'ava';
import type {FoulweatherError} from '../../src/model/errors.ts';
import {latency} from '../../src/model/fault.ts';
import {dnsEmpty, packetLoss} from '../../src/model/network-fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import {isInNamespace, namespaceLaunch, needsNamespace, refuseOutside} from '../../src/run/namespace.ts';
import {judgedRun} from '../helpers/judged-run.ts';

const planWith = (fault: Plan['phases'][number]['faults'][number], target: Plan['target']): Plan => {
  const {plan} = judgedRun().record;
  const [first] = plan.phases;
  return {...plan, name: 'mine', target, phases: [{...first!, faults: [fault]}]};
};
const http: Plan['target'] = {kind: 'http', thinkTimeMs: 0};
const lossy = planWith(packetLoss({ratio: 0.1}), http);
const slow = planWith(latency({latencyMs: 5}), http);
const outside = {environment: {}, toxiproxyUrl: null, relay: null};

test('a plan with packet or DNS faults needs a namespace, and one without does not', t => {
  t.true(needsNamespace(lossy, {}));
  t.true(needsNamespace(planWith(dnsEmpty(), http), {}));
  t.false(needsNamespace(slow, {}));
});

test('a variable that somebody has set is no namespace', t => {
  t.false(isInNamespace({FOULWEATHER_NAMESPACE: 'net:[1]'}));
});

type Request = Parameters<typeof refuseOutside>[1];

const refuses = test.macro(
  (t, plan: Plan, request: Partial<Request>, platform: NodeJS.Platform, message: RegExp, hint: RegExp) => {
    const error = t.throws(() => refuseOutside(plan, {...outside, ...request}, platform), {
      code: 'FW_FAULT_UNSUPPORTED',
      message,
    }) as unknown as FoulweatherError;
    t.regex(error.hint, hint);
  },
);

test('other systems than Linux', refuses, lossy, {}, 'darwin', /need Linux; this is darwin/, /container/);
test(
  'a Toxiproxy',
  refuses,
  lossy,
  {toxiproxyUrl: 'http://127.0.0.1:8474'},
  'linux',
  /the Toxiproxy at http:\/\/127\.0\.0\.1:8474 cannot be reached/,
  /Omit --toxiproxy/,
);
test(
  'a server of the user’s, without its password',
  refuses,
  planWith(packetLoss({ratio: 0.1}), {kind: 'url', url: 'redis://me:secret@127.0.0.1:6379'}),
  {},
  'linux',
  /the server at 127\.0\.0\.1:6379 cannot be reached/,
  /--start-services/,
);
test(
  'a telemetry backend',
  refuses,
  lossy,
  {relay: {endpoint: 'http://127.0.0.1:4318', headers: {}}},
  'linux',
  /the telemetry backend at 127\.0\.0\.1:4318 cannot be reached/,
  /--otlp-endpoint/,
);

test('without packet faults nothing is refused', t => {
  t.notThrows(() =>
    refuseOutside(slow, {environment: {}, toxiproxyUrl: 'http://127.0.0.1:8474', relay: null}, 'darwin'),
  );
});

const missing = test.macro({
  title: (_title, program: string, _hint: string) => `without ${program} the namespace is refused`,
  exec(t, program: string, hint: string) {
    const error = t.throws(
      () => namespaceLaunch({}, name => (name === program ? null : `/usr/bin/${name}`)),
      {
        code: 'FW_NAMESPACE_REFUSED',
        message: new RegExp(`the program ${program} was not found`),
      },
    ) as unknown as FoulweatherError;
    t.is(error.hint, hint);
    t.is(error.exitCode, 64);
  },
});
test(missing, 'unshare', 'Install the package util-linux.');
test(missing, 'ip', 'Install the package iproute2.');
test(missing, 'nft', 'Install the package nftables.');
