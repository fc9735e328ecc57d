// Python: a virtual environment with the packages of a requirements file.
import {globSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {FoulweatherError} from '../../model/errors.ts';
import {interruptedEarly} from '../interruption.ts';
import {outputLines, runTool, type ToolEnd} from '../tool.ts';
import type {Toolchain} from './toolchain.ts';

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

  state: async ({file}) => [await readFile(file, 'utf8')],

  doing: ({file}) => `installing the Python packages of ${basename(file)}`,

  async fill(draft, {file}, options) {
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
    const flags = ['--quiet', '--no-input', '--disable-pip-version-check'];
    const args = ['-m', 'pip', 'install', ...flags, '-r', file];
    const pip = await runTool(pythonIn(draft), args, draft, options);
    if (pip.failure === null) return;
    if (options.signal.aborted) throw interruptedEarly();
    throw new FoulweatherError(
      'FW_PACKAGE_INSTALL',
      `pip could not install the packages of ${file}:`,
      'Check that these versions exist for this Python, and that the package index can be reached.',
      {cause: pip.failure, details: outputLines(pip.output)},
    );
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
