// The dependencies of a pom.xml, and the same file with one of them in another version.
import test from 'ava';
import {dependenciesIn, withVersions} from '../../../src/run/toolchains/java.ts';

const dependency = (group: string, artifact: string, rest: string): string =>
  `<dependency>\n  <groupId>${group}</groupId>\n  <artifactId> ${artifact} </artifactId>\n${rest}</dependency>`;

const jedis = (rest: string): string => dependency('redis.clients', 'jedis', rest);
const pool = dependency(
  'com.zaxxer',
  'HikariCP',
  `<version>\${pool.version}</version>\n<exclusions><exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></exclusion></exclusions>\n`,
);

test('dependencies are named by group and artifact, without what they exclude and what is a comment', t => {
  const pom = `<dependencies>${jedis('<version>8.0.2</version>\n')}\n<!-- ${dependency('a', 'b', '')} -->\n${pool}</dependencies>`;
  t.deepEqual(dependenciesIn(pom), ['redis.clients:jedis', 'com.zaxxer:HikariCP']);
});

type Change = readonly [pom: string, others: {readonly [name: string]: string}, changed: string];

const changes: {readonly [title: string]: Change} = {
  'the version of that dependency alone': [
    `${jedis('<version>8.0.2</version>\n')}${pool}`,
    {'redis.clients:jedis': '5.1.0'},
    `${jedis('<version>5.1.0</version>\n')}${pool}`,
  ],
  'a version that is a property': [pool, {'com.zaxxer:HikariCP': '5.0.0'}, pool.replace(/\$\{.*\}/, '5.0.0')],
  'one whose version is managed elsewhere': [
    jedis(''),
    {'redis.clients:jedis': '5.1.0'},
    jedis('').replace('\n</dependency>', '<version>5.1.0</version>\n</dependency>'),
  ],
  'a version with characters of its own': [
    jedis('<version>8.0.2</version>'),
    {'redis.clients:jedis': "$&<$'"},
    jedis("<version>$&amp;&lt;$'</version>"),
  ],
};

for (const [title, [pom, others, changed]] of Object.entries(changes)) {
  test(`another version: ${title}`, t => {
    t.is(withVersions(pom, others), changed);
  });
}
