// Java: the packages of a pom.xml, which Maven fetches, and the classes of the program's sources and of the kit.
import {existsSync, globSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {basename, delimiter, dirname, join} from 'node:path';
import {FoulweatherError} from '../../model/errors.ts';
import {packageFile} from '../../model/own-files.ts';
import {findProgram} from '../../services/find-program.ts';
import {interruptedEarly} from '../interruption.ts';
import {stateOfFolder} from '../packages.ts';
import {outputLines, runTool, type ToolEnd, type ToolOptions} from '../tool.ts';
import {othersHint, type Toolchain, type Versions, withOthers} from './toolchain.ts';

const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const kit = packageFile('kits/java/Foulweather.java');

const isSource = (name: string): boolean => name.endsWith('.java');

export const java: Toolchain = {
  async version(scenario, options) {
    const {failure, stdout} = await runTool('javac', ['--version'], process.cwd(), options);
    const places = {path: options.environment['PATH'] ?? '', cwd: process.cwd()};
    const hasMaven = findProgram('mvn', [], places) !== null;
    const found = /^javac (\d+)\S*/.exec(stdout);
    if (failure === null && Number(found?.[1]) >= 17 && hasMaven) return stdout.trim();
    if (options.signal.aborted) throw interruptedEarly();
    const why =
      failure !== null
        ? 'javac was not found'
        : hasMaven
          ? `it found ${found?.[0] ?? 'another javac'}`
          : 'mvn was not found';
    throw new FoulweatherError(
      'FW_TOOLCHAIN_MISSING',
      `Scenario "${scenario}" needs a JDK, 17 or newer, and Maven, but ${why}.`,
      'Install them, and put java, javac and mvn on the PATH: apt-get install openjdk-17-jdk-headless maven',
      {cause: failure},
    );
  },

  packages: async ({file}) => dependenciesIn(await readFile(file, 'utf8')),

  spelling: name => name,

  state: async ({folder, file}) => [
    await readFile(file, 'utf8'),
    await stateOfFolder(folder, isSource),
    await stateOfFolder(dirname(kit), isSource),
  ],

  doing: ({file}) => `compiling the Java program, after fetching the packages of ${basename(file)}`,

  async fill(draft, {folder, file, others}, options) {
    const lib = join(draft, 'lib');
    const isChanged = Object.keys(others).length > 0;
    const list = isChanged ? join(draft, 'pom.xml') : file;
    if (isChanged) await writeFile(list, withVersions(await readFile(file, 'utf8'), others));
    const fetching = ['--batch-mode', '--quiet', '-f', list, copyDependencies];
    const scope = ['-DincludeScope=runtime', `-DoutputDirectory=${lib}`];
    refuseFailure(
      await runTool('mvn', [...fetching, ...scope], draft, options),
      `Maven could not fetch the packages of ${file}${withOthers(others)}:`,
      'Check that these versions exist, and that the repository can be reached.',
      options,
    );
    const own = globSync('**/*.java', {cwd: folder, exclude: ['target/**']}).map(path => join(folder, path));
    const sources = own.some(path => basename(path) === basename(kit)) ? own : [...own, kit];
    const flags = ['-encoding', 'UTF-8', '-proc:none', '-d', join(draft, 'classes')];
    const path = existsSync(lib) ? ['-cp', join(lib, '*')] : [];
    refuseFailure(
      await runTool('javac', [...flags, ...path, ...sources], draft, options),
      `javac could not compile the program in ${folder}${withOthers(others)}:`,
      isChanged ? othersHint : 'Fix its sources.',
      options,
    );
  },

  command: (folder, {command}) => [
    'java',
    '-cp',
    [join(folder, 'classes'), join(folder, 'lib', '*')].join(delimiter),
    ...command.slice(1),
  ],
};

const dependency = /<dependency>[\s\S]*?<\/dependency>/g;
const versionElement = /<version>[^<]*<\/version>/;

const withoutComments = (pom: string): string => pom.replaceAll(/<!--[\s\S]*?-->/g, '');

/** `redis.clients:jedis` of a `<dependency>`, and not of what that excludes. */
const nameOf = (element: string): string => {
  const own = element.replace(/<exclusions>[\s\S]*?<\/exclusions>/, '');
  const contentOf = (tag: string): string =>
    new RegExp(`<${tag}>\\s*([^<]*?)\\s*</${tag}>`).exec(own)?.[1] ?? '';
  return `${contentOf('groupId')}:${contentOf('artifactId')}`;
};

export const dependenciesIn = (pom: string): string[] => [
  ...new Set([...withoutComments(pom).matchAll(dependency)].map(([element]) => nameOf(element))),
];

/** A pom.xml with some of its dependencies in other versions; one whose version is managed elsewhere gets one of its own. */
export const withVersions = (pom: string, others: Versions): string =>
  withoutComments(pom).replaceAll(dependency, element => {
    const version = others[nameOf(element)];
    if (version === undefined) return element;
    const own = `<version>${version.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</version>`;
    return versionElement.test(element)
      ? element.replace(versionElement, () => own)
      : element.replace(/\s*<\/dependency>$/, rest => `${own}${rest}`);
  });

const refuseFailure = (
  {failure, output}: ToolEnd,
  message: string,
  hint: string,
  {signal}: ToolOptions,
): void => {
  if (failure === null) return;
  if (signal.aborted) throw interruptedEarly();
  throw new FoulweatherError('FW_PACKAGE_INSTALL', message, hint, {
    cause: failure,
    details: outputLines(output),
  });
};
