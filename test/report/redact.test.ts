import test from 'ava';
import {redactText} from '../../src/report/redact.ts';

const redacts = test.macro({
  title: (_, before: string) => `redacts ${JSON.stringify(before).slice(0, 70)}`,
  exec(t, before: string, after: string) {
    t.is(redactText(before), after);
  },
});

test(redacts, 'redis://:hunter2@cache:6379/0', 'redis://:[redacted]@cache:6379/0');
test(redacts, 'connect to amqp://guest:p%40ss@mq failed', 'connect to amqp://guest:[redacted]@mq failed');
test(redacts, 'postgres://app:a@b@db/x', 'postgres://app:[redacted]@db/x');
test(redacts, 'https://0123456789abcdef0123@git.example/x', 'https://[redacted]@git.example/x');
test(redacts, 'Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l', 'Authorization: [redacted]');
test(redacts, '"authorization": "Bearer abc.def"', '"authorization": "[redacted]"');
test(redacts, 'proxy-authorization=Digest xyz', 'proxy-authorization=[redacted]');
test(redacts, 'sent bearer abcdefgh12345 to it', 'sent bearer [redacted] to it');
test(redacts, 'Cookie: sid=1; theme=dark\nnext line', 'Cookie: [redacted]\nnext line');
test(redacts, 'set-cookie: sid=1', 'set-cookie: [redacted]');
test(redacts, 'GET /x?api_key=123&page=2', 'GET /x?api_key=[redacted]&page=2');
test(redacts, 'x-api-key: 0123', 'x-api-key: [redacted]');
test(redacts, '{"password":"a b c","user":"me"}', '{"password":[redacted],"user":"me"}');
test(redacts, 'Server=db;Password=x1;Timeout=3', 'Server=db;Password=[redacted];Timeout=3');
test(redacts, 'AccountKey=abc==;EndpointSuffix=x', 'AccountKey=[redacted];EndpointSuffix=x');
test(redacts, '?sv=2024&sig=a%2Fb&se=1', '?sv=2024&sig=[redacted]&se=1');
test(redacts, 'X-Amz-Signature=ab12&X-Amz-Date=1', 'X-Amz-Signature=[redacted]&X-Amz-Date=1');
test(redacts, 'token=abc', 'token=[redacted]');
test(redacts, 'jwt eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2ln', 'jwt [redacted]');
test(redacts, 'AKIAIOSFODNN7EXAMPLE', '[redacted]');
test(redacts, `ghp_${'a1'.repeat(18)}`, '[redacted]');
test(redacts, 'sk-proj-abcdefghij0123456789', '[redacted]');
test(redacts, '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----', '[redacted]');

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

test('long texts of letters are looked through in one pass, secrets at their end included', t => {
  const letters = 'A'.repeat(2_000_000);
  t.is(redactText(letters), letters);
  t.is(redactText(`${letters}://app:hunter2@db`), `${letters}://app:[redacted]@db`);
});
