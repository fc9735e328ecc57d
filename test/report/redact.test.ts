import test from 'ava';
import type {Variant} from '../../src/model/plan.ts';
import {redactRun, redactText} from '../../src/report/redact.ts';
import {judgedRun} from '../helpers/judged-run.ts';

const redacts = test.macro({
  title: (_, before: string) => `redacts ${JSON.stringify(before).slice(0, 70)}`,
  exec(t, before: string, after: string) {
    t.is(redactText(before), after);
  },
});

/** So many letters and digits, as of a key. */
const key = (length: number): string => 'aB3dE6gH'.repeat(8).slice(0, length);

// Passwords and tokens in URLs
test(redacts, 'redis://:hunter2@cache:6379/0', 'redis://:[redacted]@cache:6379/0');
test(redacts, 'connect to amqp://guest:p%40ss@mq failed', 'connect to amqp://guest:[redacted]@mq failed');
test(redacts, 'amqp://guest:@mq', 'amqp://guest:[redacted]@mq');
test(redacts, 'postgres://app:a@b@db/x', 'postgres://app:[redacted]@db/x');
test(redacts, 'MYSQL://APP:X@DB, mysql://app:y@db', 'MYSQL://APP:[redacted]@DB, mysql://app:[redacted]@db');
test(redacts, 'https://0123456789abcdef0123@git.example/x', 'https://[redacted]@git.example/x');
test(
  redacts,
  `HTTPS://${key(16)}@GIT, https://${key(16)}@git`,
  'HTTPS://[redacted]@GIT, https://[redacted]@git',
);

// Authorization, also over two lines
test(redacts, 'Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l', 'Authorization: [redacted]');
test(redacts, '"authorization": "Bearer abc.def"', '"authorization": "[redacted]"');
test(redacts, "'authorization' : 'abc'", "'authorization' : '[redacted]'");
test(redacts, 'authorization:abc\nAuthorization:def', 'authorization:[redacted]\nAuthorization:[redacted]');
test(redacts, 'proxy-authorization=Digest xyz', 'proxy-authorization=[redacted]');
for (const scheme of ['Basic', 'Bearer', 'Digest', 'Negotiate', 'Token', 'ApiKey', 'AWS4-HMAC-SHA256']) {
  test(redacts, `Authorization: ${scheme}\r\n xyz`, 'Authorization: [redacted]');
}
test(redacts, 'sent bearer abcdefgh12345 to it', 'sent bearer [redacted] to it');
test(
  redacts,
  `Bearer  ${key(8)}, basic ${key(8)}==, bearer credentialed1`,
  'Bearer [redacted], basic [redacted], bearer [redacted]',
);

// Cookies
test(redacts, 'Cookie: sid=1; theme=dark\nnext line', 'Cookie: [redacted]\nnext line');
test(redacts, 'set-cookie: sid=1', 'set-cookie: [redacted]');
test(redacts, 'cookie2 =a\ncookie:b', 'cookie2 =[redacted]\ncookie:[redacted]');
test(redacts, `"cookie": "a=b", 'cookie': 'c=d'`, `"cookie": "[redacted]", 'cookie': '[redacted]'`);

// Names and values
test(redacts, 'GET /x?api_key=123&page=2', 'GET /x?api_key=[redacted]&page=2');
test(redacts, 'x-api-key: 0123', 'x-api-key: [redacted]');
test(redacts, '{"password":"a b c","user":"me"}', '{"password":[redacted],"user":"me"}');
test(redacts, "{'password' : 'a b c', 'user': 'me'}", "{'password' : [redacted], 'user': 'me'}");
test(redacts, `passwd="" and password=''`, 'passwd=[redacted] and password=[redacted]');
test(redacts, 'Server=db;Password=x1;Timeout=3', 'Server=db;Password=[redacted];Timeout=3');
test(redacts, 'AccountKey=abc==;EndpointSuffix=x', 'AccountKey=[redacted];EndpointSuffix=x');
test(redacts, '?sv=2024&sig=a%2Fb&se=1', '?sv=2024&sig=[redacted]&se=1');
test(redacts, 'X-Amz-Signature=ab12&X-Amz-Date=1', 'X-Amz-Signature=[redacted]&X-Amz-Date=1');
for (const name of [
  'passphrase',
  'pwd',
  'secret',
  'client_secret',
  'apikey',
  'access_key',
  'accesskey',
  'aws_access_key_id',
  'accessKeyId',
  'account-key',
  'private-key',
  'privatekey',
  'auth_token',
  'authtoken',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'securitytoken',
  'token',
  'csrftoken',
  'csrf_token',
  'xsrfToken',
  'usertoken',
  'appsecret',
  'dbpassword',
  'myapikey',
  'sessionid',
  'PHPSESSIONID',
  'session_id',
  'signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
]) {
  test(redacts, `(${name}=abc, ${name}: def)`, `(${name}=[redacted], ${name}: [redacted])`);
}

// What gives itself away
test(redacts, 'jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2ln', 'jwt [redacted]');
test(redacts, `eyJ${key(8)}.${key(8)}. eyJ${key(8)}.${key(8)}.${key(3)}`, '[redacted] [redacted]');
test(redacts, 'AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE', '[redacted] [redacted]');
for (const prefix of ['sk_live_', 'pk_test_', 'rk-live-', 'sk-proj-', 'sk-ant-']) {
  test(redacts, `${prefix}${key(8)} ${prefix}${key(9)}`, '[redacted] [redacted]');
}
test(redacts, `sk-${key(20)}`, '[redacted]');
for (const prefix of ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-']) {
  test(redacts, `${prefix}${key(20)} ${prefix}${key(21)}`, '[redacted] [redacted]');
}
test(redacts, `npm_${key(30)}`, '[redacted]');
test(redacts, `xoxb-${key(10)}`, '[redacted]');
test(
  redacts,
  '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----, -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----, and more',
  '[redacted], [redacted], and more',
);
test(redacts, '-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----, and more', '[redacted], and more');
test(redacts, 'cut off: -----BEGIN EC PRIVATE KEY-----\nabc', 'cut off: [redacted]');

const keeps = test.macro({
  title: (_, text: string) => `keeps ${JSON.stringify(text).slice(0, 70)}`,
  exec(t, text: string) {
    t.is(redactText(text), text);
  },
});

test(keeps, 'connect ECONNREFUSED 127.0.0.1:40123');
test(keeps, 'http://127.0.0.1:8474/proxies');
test(keeps, 'Unexpected token < in JSON at position 0');
test(keeps, 'Basic authentication failed');
test(keeps, 'wrong password for user app');
test(keeps, 'time 2026-11-02T14:03:12Z, mail me@example.com');
test(keeps, 'https://user@git.example/x');
test(keeps, `https://${key(15)}@git.example/x`);
test(keeps, 'preauthorization: needed');
test(keeps, `bearer ${key(7)}`);
test(keeps, `forbearer ${key(8)}`);
test(
  keeps,
  'bearer auth/keys, bearer token-based, basic tokens/keys, bearer credential/s, basic credentials, bearer scheme-less',
);
test(keeps, 'tokens: 17');
test(keeps, 'tokenizer=gpt2&prompt_tokens=5&maxTokens: 4096, session=open, sessions: 3, secretary=Ann');
test(keeps, `eyJ${key(7)}.${key(8)}.x eyJ${key(8)}.${key(7)}.x keyJ${key(8)}.${key(8)}.x`);
test(keeps, `sk_live_${key(7)} sk-${key(19)} task_test_${key(8)} task-${key(20)}`);
test(keeps, `ghp_${key(19)} github_pat_${key(19)} glpat-${key(19)} npm_${key(29)} xoxb-${key(9)}`);
test(keeps, `xghp_${key(20)} xgithub_pat_${key(20)} xglpat-${key(20)} xnpm_${key(30)} xxoxb-${key(10)}`);
test(keeps, 'AKIAIOSFODNN7EXAMPL AKIAIOSFODNN7EXAMPLES XAKIAIOSFODNN7EXAMPLE');

test('long texts of letters are looked through in one pass, secrets at their end included', t => {
  const letters = 'A'.repeat(2_000_000);
  t.is(redactText(letters), letters);
  t.is(redactText(`${letters}://app:hunter2@db`), `${letters}://app:[redacted]@db`);
});

type Options = Readonly<Record<string, unknown>>;

/** A run whose baseline has these options, redacted: what becomes of them. */
const optionsOf = (options: Options): unknown => {
  const run = judgedRun();
  const [first, ...others] = run.record.plan.variants;
  const plan = {
    ...run.record.plan,
    variants: [{...first, options: options as Variant['options']}, ...others],
  } as const;
  return redactRun({...run, record: {...run.record, plan}}).record.plan.variants[0].options;
};

const secretNames = test.macro({
  title: (_title, name: string, isSecret: boolean) =>
    `an option ${name} ${isSecret ? 'is' : 'is not'} a secret by its name`,
  exec(t, name: string, isSecret: boolean) {
    t.deepEqual(optionsOf({[name]: 'plain'}), {[name]: isSecret ? '[redacted]' : 'plain'});
  },
});

for (const name of [
  'authorization',
  'Proxy-Authorization',
  'proxyAuthorization',
  'set-cookie',
  'userPassword',
  'passwd',
  'sslPassphrase',
  'db_pwd',
  'clientSecret',
  'awsCredentials',
  'apiKey',
  'x-api-key',
  'accessKeyId',
  'access.key',
  'privateKey',
  'private_key',
  'accountKey',
  'account-key',
  'token',
  'x-token',
  'csrfToken',
  'authTokens',
  'auth.tokens',
  'accessTokenProvider',
  'refreshTokens',
  'id_token_hint',
  'sessionTokens',
  'securityTokens',
  'bearerTokens',
  'connectionString',
  'connection-string',
  'sasTokens',
  'sas_tokens',
  'auth',
]) {
  test(secretNames, name, true);
}
for (const name of [
  'authorizationUrl',
  'preauthorization',
  'pwdPolicy',
  'tokenCount',
  'csrfTokenCount',
  'author',
  'oauth',
  'headersTimeout',
]) {
  test(secretNames, name, false);
}

test('the value of a secret name is taken out whole, with all that is in it', t => {
  t.deepEqual(
    optionsOf({auth: {user: 'me', pin: 1234, roles: ['a', 'b'], on: true, none: null, empty: ''}}),
    {
      auth: {
        user: '[redacted]',
        pin: '[redacted]',
        roles: ['[redacted]', '[redacted]'],
        on: true,
        none: null,
        empty: '',
      },
    },
  );
});

test('other values are looked through at any depth, and keep their kinds', t => {
  const bytes = Uint8Array.of(1, 2);
  const options = {retry: [{url: 'redis://:a@b', pin: 1234}], bytes, on: false, none: null};
  t.deepEqual(optionsOf(options), {...options, retry: [{url: 'redis://:[redacted]@b', pin: 1234}]});
});

test('names of environments, attributes and resources are looked at, and words of the run are not', t => {
  const run = judgedRun();
  const [first, ...others] = run.record.plan.variants;
  const [phase, ...phases] = run.record.plan.phases;
  const plan = {
    ...run.record.plan,
    variants: [{...first, process: {env: {DB_PWD: 'plain'}}}, ...others],
    phases: [{...phase, name: 'secret'}, ...phases],
  } as const;
  const [trial] = run.trials;
  const metric = {attributes: {'auth.token': 'plain', route: 'secret'}};
  const told = {
    ...trial,
    versions: {'api-key': '1.2.3'},
    telemetry: {resource: {token: 'plain'}, metrics: [metric]},
  };
  const redacted = redactRun({
    ...run,
    record: {...run.record, plan},
    trials: [told],
  } as unknown as typeof run);
  t.deepEqual(redacted.record.plan.variants[0].process.env, {DB_PWD: '[redacted]'});
  t.is(redacted.record.plan.phases[0]?.name, 'secret');
  t.deepEqual(redacted.trials[0]?.versions, {'api-key': '1.2.3'});
  t.deepEqual(redacted.trials[0]?.telemetry?.resource, {token: '[redacted]'});
  t.like(redacted.trials[0]?.telemetry?.metrics[0], {
    attributes: {'auth.token': '[redacted]', route: 'secret'},
  });
});
