// Python: a virtual environment with the packages of a requirements file.
import {globSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {FoulweatherError} from '../../model/errors.ts';
import {interruptedEarly} from '../interruption.ts';
import {outputLines, runTool, type ToolEnd, type ToolOptions} from '../tool.ts';
import {type Toolchain, type Versions, withOthers} from './toolchain.ts';

const exitCodes = {tooOld: 3, withoutVenv: 4} as const;

/** Which Python it is, and where, on one line. Debian has the module `ensurepip` in the package of venv. */
const about = [
  'import sys',
  'from importlib.util import find_spec',
  'print(sys.version.replace("\\n", " "), sys.base_prefix)',
  `sys.exit(${exitCodes.tooOld} if sys.version_info < (3, 9) else 0 if find_spec("ensurepip") else ${exitCodes.withoutVenv})`,
].join('; ');

/** Scripts of an environment have the place in them where it was made: modules are run instead. */
const instrumented = 'from opentelemetry.instrumentation.auto_instrumentation import run; run()';

export const python: Toolchain = {
  async version(scenario, options) {
    const end = await runTool('python3', ['-c', about], process.cwd(), options);
    if (end.failure === null) return end.stdout.trim();
    if (options.signal.aborted) throw interruptedEarly();
    const [why, hint] = wrongWith(end);
    throw new FoulweatherError(
      'FW_TOOLCHAIN_MISSING',
      `Scenario "${scenario}" needs Python 3.9 or newer with venv and pip, but ${why}.`,
      hint,
      {cause: end.failure},
    );
  },

  packages: async ({file}) => (await textsOf(file)).flatMap(requirementsIn).map(({name}) => name),

  // As package indexes compare them (PEP 503).
  spelling: name => name.toLowerCase().replaceAll(/[-_.]+/g, '-'),

  state: ({file}) => textsOf(file),

  doing: ({file}) => `installing the Python packages of ${basename(file)}`,

  async fill(draft, {file, others}, options) {
    const venv = await runTool('python3', ['-m', 'venv', draft], draft, options);
    if (venv.failure !== null) {
      if (options.signal.aborted) throw interruptedEarly();
      throw new FoulweatherError(
        'FW_PACKAGE_INSTALL',
        'Python could not make a virtual environment:',
        'Check that `python3 -m venv FOLDER` works. Debian and Ubuntu have it in the package python3-venv.',
        {cause: venv.failure, details: outputLines(venv.output)},
      );
    }
    await pipInstall(draft, file, `the packages of ${file}`, options);
    if (Object.keys(others).length === 0) return;
    // Afterwards, so that pins of what another version needs as well give way: pip changes what does not fit it.
    const changes = join(draft, 'other-versions.txt');
    await writeFile(changes, otherRequirements(await textsOf(file), others));
    await pipInstall(draft, changes, `the packages of ${file}${withOthers(others)}`, options);
  },

  command(folder, {command}) {
    const executable = pythonIn(folder);
    const [distribution] = globSync('{lib/python*,Lib}/site-packages/opentelemetry/distro', {cwd: folder});
    const rest = command.slice(1);
    return distribution === undefined
      ? [executable, ...rest]
      : [executable, '-c', instrumented, executable, ...rest];
  },
};

/** @param list a requirements file */
const pipInstall = async (
  folder: string,
  list: string,
  what: string,
  options: ToolOptions,
): Promise<void> => {
  const flags = ['--quiet', '--no-input', '--disable-pip-version-check'];
  const args = ['-m', 'pip', 'install', ...flags, '-r', list];
  const pip = await runTool(pythonIn(folder), args, folder, options);
  if (pip.failure === null) return;
  if (options.signal.aborted) throw interruptedEarly();
  throw new FoulweatherError(
    'FW_PACKAGE_INSTALL',
    `pip could not install ${what}:`,
    'Check that these versions exist for this Python, and that the package index can be reached.',
    {cause: pip.failure, details: outputLines(pip.output)},
  );
};

/** Lines without comments; one that ends in a backslash goes on in the next. */
const linesOf = (text: string): string[] =>
  text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.replace(/(?:^|\s)#.*$/, '').trim());

const inclusion = /^(?:-r|--requirement)[\s=]*(\S+)$/;

/** The text of a requirements file, and of those that it includes. */
const textsOf = async (file: string, including: readonly string[] = []): Promise<string[]> => {
  const text = await readFile(file, 'utf8');
  const above = [...including, file];
  const texts = [text];
  for (const line of linesOf(text)) {
    const path = inclusion.exec(line)?.[1];
    if (path === undefined || /^\w+:\/\//.test(path)) continue;
    const included = resolve(dirname(file), path);
    if (!above.includes(included)) texts.push(...(await textsOf(included, above)));
  }
  return texts;
};

/** A working copy may have a name; other paths and addresses have none. */
const workingCopy = /^(?:-e|--editable)[\s=]+\S+#egg=([\w.-]+)$/;

const requirement = /^([a-z\d](?:[\w.-]*[a-z\d])?)\s*(\[[^\]]*\])?\s*(?:$|[<>=!~;@(])/i;

export const requirementsIn = (text: string): {readonly name: string; readonly extras: string}[] =>
  linesOf(text).flatMap(line => {
    const [, name, extras = ''] = workingCopy.exec(line) ?? requirement.exec(line) ?? [];
    return name === undefined ? [] : [{name, extras: extras.replaceAll(/\s/g, '')}];
  });

/** Where pip looks, which the second installation must know as well; what is installed is named by the first. */
const place = /^(?:-i|-f|--(?:index-url|extra-index-url|find-links|no-index|trusted-host|pre))(?:[\s=]|$)/;

/** A requirements file of packages in other versions, with the extras and the indexes of the files that list them. */
export const otherRequirements = (texts: readonly string[], others: Versions): string => {
  const places = texts.flatMap(linesOf).filter(line => place.test(line));
  const listed = texts.flatMap(requirementsIn);
  const changed = Object.entries(others).map(([wanted, version]) => {
    const same = listed.find(({name}) => python.spelling(name) === python.spelling(wanted));
    const {name, extras} = same ?? {name: wanted, extras: ''};
    return `${name}${extras}${/^[<>=!~]/.test(version) ? '' : '=='}${version}`;
  });
  return `${[...places, ...changed].join('\n')}\n`;
};

const wrongWith = ({failure, stdout, output}: ToolEnd): readonly [why: string, hint: string] => {
  const found = `python3 is ${/^[\d.]+/.exec(stdout)?.[0]}`;
  switch (failure?.code) {
    case 'ENOENT':
      return [
        'python3 was not found',
        'Install Python 3 with venv and pip, and put its python3 on the PATH.',
      ];
    case exitCodes.tooOld:
      return [found, 'Install a newer Python 3 with venv and pip, and put its python3 on the PATH.'];
    case exitCodes.withoutVenv:
      return [`${found} without venv`, 'Install its venv module: apt-get install python3-venv'];
    default:
      return [`python3 failed: ${outputLines(output).at(-1)}`, 'Check that `python3 --version` works.'];
  }
};

const pythonIn = (folder: string): string =>
  join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
