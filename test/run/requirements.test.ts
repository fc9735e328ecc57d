// What a program requires is made once by its language's own tool; where the tool is missing, too old or fails, that is told.
// The tools are scripts that stand in for the real ones.
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {packagesFolder} from '../../src/run/packages.ts';
import {installRequirements, refuseMissingToolchain} from '../../src/run/requirements.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';

/** The program's files, and the tools, by name. */
type Place = {
  readonly files: {readonly [name: string]: string};
  readonly tools: {readonly [name: string]: string};
};

const openScene = async (t: ExecutionContext, {files, tools}: Place) => {
  const root = await temporaryFolder(t);
  const [bin, folder] = [join(root, 'bin'), join(root, 'program')];
  await mkdir(bin);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  for (const [name, lines] of Object.entries(tools)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${lines}\n`, {mode: 0o755});
  }
  const steps: string[] = [];
  const options = {
    scenarioFile: join(folder, 'scenario.ts'),
    dataDir: join(root, 'data'),
    // These tools alone: the machine may have others.
    environment: {PATH: bin, LOG: join(root, 'log')},
    signal: new AbortController().signal,
    observer: {preparing: (what: string) => steps.push(what)},
  };
  return {
    bin,
    folder,
    places: packagesFolder(options.dataDir),
    steps,
    require: async (command: readonly string[], requirements: string) => {
      const program = {command: [...command], requirements};
      const commands = await installRequirements(
        {name: 'mine', program, variants: [{name: 'only'}]},
        options,
      );
      return commands.get('only');
    },
    /** Of a variant with these versions, and of one as the file says. */
    compare: async (
      {command, requirements}: Pick<Refusal, 'command' | 'requirements'>,
      packages: {readonly [name: string]: string},
    ) => {
      const program = {command: [...command], requirements};
      const commands = await installRequirements(
        {name: 'mine', program, variants: [{name: 'other', packages}, {name: 'listed'}]},
        options,
      );
      return {other: commands.get('other') ?? [], listed: commands.get('listed') ?? []};
    },
    refuse: (command: readonly string[]) =>
      refuseMissingToolchain({name: 'mine', program: {command: [...command], requirements: 'x'}}, options),
    kept: () => readdir(packagesFolder(options.dataDir)).catch((): string[] => []),
    log: async () => (await readFile(options.environment.LOG, 'utf8').catch(() => '')).trim().split('\n'),
  };
};

const about = 'if [ "$1" = -c ]; then echo "3.12.1 (main) /usr"; exit 0; fi';
/** `python3 -m venv FOLDER` makes one whose Python notes what it is called with. */
const working = `${about}
/bin/mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >> "$LOG"\\n' > "$3/bin/python"
/bin/chmod +x "$3/bin/python"`;

const python = ['python3', 'client.py', '--verbose'];
const packages = {'requirements.txt': 'urllib3==2.7.0\n'};

test("pip installs a program's packages once, for runs at the same time as well", async t => {
  const scene = await openScene(t, {files: packages, tools: {python3: working}});
  const commands = await Promise.all([
    scene.require(python, 'requirements.txt'),
    scene.require(python, 'requirements.txt'),
  ]);
  const kept = await scene.kept();
  t.is(kept.length, 1, 'one folder is in place, and no draft is left');
  const executable = join(scene.places, kept[0]!, 'bin/python');
  for (const command of commands) t.deepEqual(command, [executable, 'client.py', '--verbose']);
  const calls = (await scene.log()).length;
  t.deepEqual(await scene.require(python, 'requirements.txt'), commands[0]);
  t.is((await scene.log()).length, calls, 'what is there is not installed again');
  t.regex((await scene.log())[0]!, /^-m pip install .*-r \S+requirements\.txt$/);
  t.deepEqual([...new Set(scene.steps)], ['installing the Python packages of requirements.txt']);
});

test('other packages, and another Python, have a folder of their own', async t => {
  const scene = await openScene(t, {files: packages, tools: {python3: working}});
  await scene.require(python, 'requirements.txt');
  await writeFile(join(scene.folder, 'requirements.txt'), 'urllib3==2.8.0\n');
  await scene.require(python, 'requirements.txt');
  await writeFile(join(scene.bin, 'python3'), `#!/bin/sh\n${working.replace('3.12.1', '3.13.0')}\n`);
  await scene.require(python, 'requirements.txt');
  t.is((await scene.kept()).length, 3);
});

const goFiles = {
  'go.mod': 'module client\n\nrequire example.com/kit v0.0.0\n\nreplace example.com/kit => ./kit\n',
  'main.go': 'package main\n',
};
/** `go build … -o FILE PACKAGE` */
const workingGo = `if [ "$1" = version ]; then echo "go version go1.26.1 linux/amd64"; exit 0; fi
echo "$GOWORK $@" >> "$LOG"
if [ "$1" = build ]; then
  while [ "$1" != -o ]; do shift; done
  echo built > "$2"
fi`;

test('Go builds a program once, and again when its sources, or those of a replaced module, change', async t => {
  const scene = await openScene(t, {files: goFiles, tools: {go: workingGo}});
  await mkdir(join(scene.folder, 'kit'));
  const command = ['go', 'run', './cmd', '--verbose'];
  const [program, ...rest] = (await scene.require(command, 'go.mod')) ?? [];
  t.deepEqual(rest, ['--verbose']);
  t.is(await readFile(program!, 'utf8'), 'built\n');
  await writeFile(join(scene.folder, 'report.md'), 'What a run writes is no source.');
  await scene.require(command, 'go.mod');
  t.is((await scene.log()).length, 1);
  t.regex((await scene.log())[0]!, /^off build -mod=readonly .* \.\/cmd$/);
  await writeFile(join(scene.folder, 'kit/kit.go'), 'package kit\n');
  await scene.require(command, 'go.mod');
  t.is((await scene.log()).length, 2);
  t.is((await scene.kept()).length, 2);
});

const workingJava = {
  javac: `if [ "$1" = --version ]; then echo "javac 17.0.15"; exit 0; fi
echo "$@" >> "$LOG"`,
  mvn: 'for last; do :; done; /bin/mkdir -p "$(echo "$last" | /bin/sed s/-DoutputDirectory=//)"',
};

test('Maven fetches the packages of a program in Java, and its sources are compiled with the kit', async t => {
  const scene = await openScene(t, {
    files: {'pom.xml': '<project/>', 'Client.java': 'class Client {}'},
    tools: workingJava,
  });
  const command = await scene.require(['java', '-Xmx64m', 'Client'], 'pom.xml');
  const place = join(scene.places, (await scene.kept())[0]!);
  t.deepEqual(command, ['java', '-cp', `${place}/classes:${place}/lib/*`, '-Xmx64m', 'Client']);
  const [compiled = ''] = await scene.log();
  t.regex(compiled, /-cp \S+\/lib\/\* \S+\/Client\.java \S+kits\/java\/Foulweather\.java$/);
});

test('nothing is made for a program that requires nothing', async t => {
  const scene = await openScene(t, {files: {}, tools: {}});
  const program = {command: ['python3', 'client.py']};
  const variants = [{name: 'only'}];
  t.is((await installRequirements({name: 'mine', program, variants}, {} as never)).size, 0);
  t.deepEqual(await scene.kept(), []);
});

type Refusal = Place & {
  readonly command: readonly string[];
  readonly requirements: string;
  readonly code: FoulweatherError['code'];
  readonly says: RegExp;
  readonly hint: RegExp;
  /** The lines between the two. */
  readonly details?: readonly string[];
};

const inPython = {files: packages, command: python, requirements: 'requirements.txt'};
const inGo = {files: goFiles, command: ['go', 'run', '.'], requirements: 'go.mod'};
const inJava = {files: {'pom.xml': '<project/>'}, command: ['java', 'Client'], requirements: 'pom.xml'};

const refusals: {readonly [title: string]: Refusal} = {
  'no Python': {
    ...inPython,
    tools: {},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /^Scenario "mine" needs Python 3\.9 or newer with venv and pip, but python3 was not found\.$/,
    hint: /^Install Python 3/,
  },
  'a Python that is too old': {
    ...inPython,
    tools: {python3: 'echo "3.8.2 (default) /usr"; exit 3'},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /but python3 is 3\.8\.2\.$/,
    hint: /^Install a newer Python 3/,
  },
  'a Python without venv': {
    ...inPython,
    tools: {python3: 'echo "3.12.1 (main) /usr"; exit 4'},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /but python3 is 3\.12\.1 without venv\.$/,
    hint: /python3-venv$/,
  },
  'a Python that does not start': {
    ...inPython,
    tools: {python3: 'echo "pyenv: python3: command not found" >&2; exit 127'},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /but python3 failed: pyenv: python3: command not found\.$/,
    hint: /python3 --version/,
  },
  'an environment that cannot be made': {
    ...inPython,
    tools: {python3: `${about}\necho "Error: no space left"; exit 1`},
    code: 'FW_PACKAGE_INSTALL',
    says: /^Python could not make a virtual environment:$/,
    hint: /python3 -m venv/,
    details: ['Error: no space left'],
  },
  'packages that cannot be installed': {
    ...inPython,
    tools: {
      python3: working.replace('echo "$@" >> "$LOG"', 'echo "ERROR: No matching distribution" >&2; exit 1'),
    },
    code: 'FW_PACKAGE_INSTALL',
    says: /^pip could not install the packages of \S+requirements\.txt:$/,
    hint: /package index can be reached/,
    details: ['ERROR: No matching distribution'],
  },
  'requirements that are not there': {
    ...inPython,
    files: {},
    tools: {python3: working},
    code: 'FW_PACKAGE_INSTALL',
    says: /requirements\.txt, cannot be read\.$/,
    hint: /^Fix `requirements` in the scenario/,
  },
  'no Go': {
    ...inGo,
    tools: {},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /^Scenario "mine" needs Go 1\.21 or newer, but go was not found\.$/,
    hint: /^Install Go/,
  },
  'a Go that is too old': {
    ...inGo,
    tools: {go: 'echo "go version go1.19.8 linux/amd64"'},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /but go is 1\.19\.8\.$/,
    hint: /^Install Go/,
  },
  'a program that Go cannot build': {
    ...inGo,
    tools: {go: workingGo.replace('echo built > "$2"', 'echo "main.go:1: syntax error" >&2; exit 1')},
    files: {...goFiles, 'go.mod': 'module client\n'},
    code: 'FW_PACKAGE_INSTALL',
    says: /^Go could not build \.:$/,
    hint: /`go build \.` works in /,
    details: ['main.go:1: syntax error'],
  },
  'no JDK': {
    ...inJava,
    tools: {},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /^Scenario "mine" needs a JDK, 17 or newer, and Maven, but javac was not found\.$/,
    hint: /apt-get install openjdk-17-jdk-headless maven$/,
  },
  'a JDK that is too old': {
    ...inJava,
    tools: {...workingJava, javac: 'echo "javac 11.0.2"'},
    code: 'FW_TOOLCHAIN_MISSING',
    says: /but it found javac 11\.0\.2\.$/,
    hint: /^Install them/,
  },
  'packages that Maven cannot fetch': {
    ...inJava,
    tools: {...workingJava, mvn: 'echo "[ERROR] Could not find artifact"; printf "\\033[0m" >&2; exit 1'},
    code: 'FW_PACKAGE_INSTALL',
    says: /^Maven could not fetch the packages of \S+pom\.xml:$/,
    hint: /repository can be reached/,
    details: ['[ERROR] Could not find artifact'],
  },
};

for (const [title, {command, requirements, code, says, hint, details = [], ...place}] of Object.entries(
  refusals,
)) {
  test(`told with its reason, and nothing is left behind: ${title}`, async t => {
    const scene = await openScene(t, place);
    const error = await t.throwsAsync(scene.require(command, requirements), {instanceOf: FoulweatherError});
    t.is(error?.code, code);
    t.regex(error?.message ?? '', says);
    t.regex(error?.hint ?? '', hint);
    t.deepEqual(error?.details, details);
    t.deepEqual(await scene.kept(), []);
    // Before the first of several runs, only what is missing is told.
    const early = scene.refuse(command);
    await (code === 'FW_TOOLCHAIN_MISSING' ? t.throwsAsync(early, {message: says}) : t.notThrowsAsync(early));
  });
}

test('a variant with another version of a package has an environment of its own, beside the ordinary one', async t => {
  const scene = await openScene(t, {
    files: {'requirements.txt': '--index-url https://packages.example.com/simple\nUrllib3[socks]==2.7.0\n'},
    tools: {python3: working},
  });
  const {other, listed} = await scene.compare(inPython, {urllib3: '1.26.20'});
  const listedAlone = await scene.require(python, 'requirements.txt');
  t.deepEqual(listed, listedAlone, 'the ordinary one is shared with runs that compare nothing');
  t.not(other[0], listed[0]);
  t.is((await scene.kept()).length, 2);
  const changes = join(dirname(other[0]!), '../other-versions.txt');
  t.is(
    await readFile(changes, 'utf8'),
    '--index-url https://packages.example.com/simple\nUrllib3[socks]==1.26.20\n',
  );
  const [first, second] = await scene.log();
  t.regex(first!, /-r \S+\/requirements\.txt$/);
  t.regex(second!, /-r \S+\/other-versions\.txt$/);
  t.deepEqual(scene.steps, [
    'installing the Python packages of requirements.txt with urllib3@1.26.20',
    'installing the Python packages of requirements.txt',
  ]);
  await scene.compare(inPython, {urllib3: '1.26.19'});
  t.is((await scene.kept()).length, 3);
});

test('Go builds a program with another version of a module by a copy of its go.mod', async t => {
  const files = {
    ...goFiles,
    'go.mod': 'module client\n\nrequire example.com/redis/v9 v9.23.0\n',
    'go.sum': 'sums',
  };
  const scene = await openScene(t, {files, tools: {go: workingGo}});
  const {other, listed} = await scene.compare(inGo, {'example.com/redis/v9': 'v9.5.0'});
  t.not(other[0], listed[0]);
  const [edit, get, build] = await scene.log();
  t.regex(edit!, /^off mod edit -dropreplace=example\.com\/redis\/v9 \S+\/other-versions\.mod$/);
  t.regex(get!, /^off get -modfile=\S+\/other-versions\.mod example\.com\/redis\/v9@v9\.5\.0$/);
  t.regex(build!, /^off build -mod=mod -modfile=\S+\/other-versions\.mod .* -o \S+ \.$/);
  t.is(await readFile(join(dirname(other[0]!), 'other-versions.sum'), 'utf8'), 'sums');
  t.is(await readFile(join(scene.folder, 'go.mod'), 'utf8'), files['go.mod'], 'its own is as it was');
});

test('Maven fetches another version by a copy of the pom.xml', async t => {
  const pom = `<project><dependencies><dependency>
    <groupId>redis.clients</groupId><artifactId>jedis</artifactId><version>8.0.2</version>
  </dependency></dependencies></project>`;
  const files = {'pom.xml': pom, 'Client.java': 'class Client {}'};
  const scene = await openScene(t, {files, tools: workingJava});
  const {other, listed} = await scene.compare(inJava, {'redis.clients:jedis': '5.1.0'});
  t.notDeepEqual(other, listed);
  const changed = (await scene.kept()).find(name => other[2]!.includes(name))!;
  t.is(await readFile(join(scene.places, changed, 'pom.xml'), 'utf8'), pom.replace('8.0.2', '5.1.0'));
  t.is(await readFile(join(scene.folder, 'pom.xml'), 'utf8'), pom);
});

type ComparisonRefusal = Omit<Refusal, 'code'> & {
  readonly code?: FoulweatherError['code'];
  readonly packages: {readonly [name: string]: string};
};

const jedis =
  '<project><dependency><groupId>redis.clients</groupId><artifactId>jedis</artifactId></dependency></project>';

const comparisonRefusals: {readonly [title: string]: ComparisonRefusal} = {
  'a package that the program does not require': {
    ...inPython,
    files: {'requirements.txt': 'redis==8.1.0\nurllib3==2.7.0\n'},
    tools: {python3: working},
    packages: {'redis-py': '5.0.0'},
    says: /^The program of scenario "mine" does not require redis-py\.$/,
    hint: /^requirements\.txt lists redis, urllib3\.$/,
  },
  'a module that the program does not require': {
    ...inGo,
    files: {...goFiles, 'go.mod': 'module client\n\nrequire example.com/redis/v9 v9.23.0\n'},
    tools: {go: workingGo},
    packages: {'example.com/redis': 'v9.5.0'},
    says: /does not require example\.com\/redis\.$/,
    hint: /^go\.mod lists example\.com\/redis\/v9\.$/,
  },
  'an artifact without its group': {
    ...inJava,
    files: {'pom.xml': jedis},
    tools: workingJava,
    packages: {jedis: '5.1.0'},
    says: /does not require jedis\.$/,
    hint: /^pom\.xml lists redis\.clients:jedis\.$/,
  },
  'a package of a program that requires none': {
    ...inPython,
    files: {'requirements.txt': '# None yet.\n'},
    tools: {python3: working},
    packages: {redis: '5.0.0'},
    says: /does not require redis\.$/,
    hint: /^requirements\.txt lists no packages\.$/,
  },
  'a folder': {
    ...inPython,
    tools: {python3: working},
    packages: {urllib3: 'file:/home/me/urllib3'},
    says: /^urllib3 is specified as file:\/home\/me\/urllib3, but only other versions of a program's packages can be compared\.$/,
    hint: /To compare a working copy, list it in requirements\.txt/,
  },
  'a version that pip does not find': {
    ...inPython,
    tools: {
      python3: working.replace(
        'echo "$@" >> "$LOG"',
        'case "$*" in *other-versions.txt) echo "ERROR: No matching distribution found for urllib3==99" >&2; exit 1;; esac',
      ),
    },
    packages: {urllib3: '99'},
    code: 'FW_PACKAGE_INSTALL',
    says: /^pip could not install the packages of \S+requirements\.txt with urllib3@99:$/,
    hint: /^Check that these versions exist/,
    details: ['ERROR: No matching distribution found for urllib3==99'],
  },
  'a version that Go does not find': {
    ...inGo,
    files: {...goFiles, 'go.mod': 'module client\n\nrequire example.com/redis/v9 v9.23.0\n'},
    tools: {
      go: `if [ "$1" = get ]; then echo "go: invalid version: unknown revision v9.99.0" >&2; exit 1; fi\n${workingGo}`,
    },
    packages: {'example.com/redis/v9': 'v9.99.0'},
    code: 'FW_PACKAGE_INSTALL',
    says: /^Go could not get example\.com\/redis\/v9@v9\.99\.0:$/,
    hint: /^Check that this version exists/,
    details: ['go: invalid version: unknown revision v9.99.0'],
  },
  'a version that the sources do not go with': {
    ...inJava,
    files: {'pom.xml': jedis, 'Client.java': 'class Client {}'},
    tools: {
      ...workingJava,
      javac:
        'if [ "$1" = --version ]; then echo "javac 17.0.15"; exit 0; fi\necho "error: cannot find symbol" >&2; exit 1',
    },
    packages: {'redis.clients:jedis': '2.0.0'},
    code: 'FW_PACKAGE_INSTALL',
    says: /^javac could not compile the program in \S+ with redis\.clients:jedis@2\.0\.0:$/,
    hint: /^The program may use something that this version does not have\.$/,
    details: ['error: cannot find symbol'],
  },
};

for (const [title, {code = 'FW_USAGE', packages, says, hint, details = [], ...place}] of Object.entries(
  comparisonRefusals,
)) {
  test(`no comparison with ${title}`, async t => {
    const scene = await openScene(t, place);
    const error = await t.throwsAsync(scene.compare(place, packages), {instanceOf: FoulweatherError});
    t.is(error?.code, code);
    t.regex(error?.message ?? '', says);
    t.regex(error?.hint ?? '', hint);
    t.deepEqual(error?.details, details);
    t.deepEqual(await scene.kept(), []);
  });
}
