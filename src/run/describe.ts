// Asks a child process what a scenario file says: the parent never loads it.
import {realpathSync} from 'node:fs';
import {dirname, isAbsolute, relative} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import {packageRoot} from '../model/own-files.ts';
import type {Plan} from '../model/plan.ts';
import type {Description, FramedProblem} from '../subject/protocol.ts';
import {interruptedEarly, unlessAborted} from './interruption.ts';
import {entries} from './processes/entries.ts';
import type {Supervisor} from './processes/supervisor.ts';

export type ScenarioNamed = {
  /** As the user named it. */
  readonly scenario: string;
  readonly scenarioFile: string;
  /** Where the user is. */
  readonly baseDir: string;
};

/** @throws FoulweatherError FW_MODULE_MISSING, FW_SCENARIO_LOAD, FW_SCENARIO_INVALID */
export const describeScenario = async (
  supervisor: Supervisor,
  named: ScenarioNamed,
  {limitMs, signal}: {readonly limitMs: number; readonly signal: AbortSignal},
): Promise<Plan> => {
  const child = supervisor.spawn<never, Description>({
    label: `Loading ${named.scenario}`,
    file: entries.describe,
    args: [named.scenarioFile],
  });
  try {
    const answer = child.next(['plan', 'invalid', 'unloadable'], limitMs);
    const description = await unlessAborted(signal, answer, interruptedEarly);
    switch (description.kind) {
      case 'plan':
        return description.plan;
      case 'invalid':
        throw invalid(named, description.problems);
      case 'unloadable':
        throw unloadable(named, description);
    }
  } catch (error) {
    if (error instanceof FoulweatherError && error.code === 'FW_CHILD_FAILED') {
      throw new FoulweatherError(
        'FW_SCENARIO_LOAD',
        error.message,
        'The file must load on its own: check it with `node`. Move long-running work into open() or target.start().',
        {cause: error},
      );
    }
    throw error;
  } finally {
    child.kill();
  }
};

/** Of more mistakes than these, and of several in one line, only what they are is told. */
const mostFrames = 5;

const invalid = ({scenario}: ScenarioNamed, problems: readonly FramedProblem[]): FoulweatherError => {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new FoulweatherError(
    'FW_SCENARIO_INVALID',
    `${scenario} is not a valid scenario (${count}):`,
    'Fix the file, or run `foulweather init` for a working example.',
    {
      details: problems.flatMap(({text, place, frame}, index) => {
        const isShown = index < mostFrames && place?.line !== problems[index - 1]?.place?.line;
        return isShown ? [text, ...frame.map(line => `  ${line}`)] : [text];
      }),
    },
  );
};

const unloadable = (
  named: ScenarioNamed,
  {
    problem: {text, place, frame},
    hint,
    missingModule,
  }: Omit<Extract<Description, {kind: 'unloadable'}>, 'kind'>,
): FoulweatherError => {
  if (missingModule !== null) {
    return new FoulweatherError(
      'FW_MODULE_MISSING',
      `${named.scenario} needs the package ${missingModule}, which is not installed.`,
      installHint(named, [missingModule]),
    );
  }
  const where = place === null ? named.scenario : `${shownFile(named, place.file)}:${place.line}`;
  return new FoulweatherError('FW_SCENARIO_LOAD', `${where}: ${text}`, hint ?? '', {
    details: frame,
  });
};

/** The scenario as it was named; what it imports by its way from where the user is. */
const shownFile = ({scenario, scenarioFile, baseDir}: ScenarioNamed, file: string): string => {
  if (file === scenarioFile || file === realpathSync(scenarioFile)) return scenario;
  const path = relative(baseDir, file);
  return path.startsWith('..') || isAbsolute(path) ? file : `./${path}`;
};

/** A built-in scenario finds packages beside foulweather, which may be npx's copy and not the project's. */
export const installHint = ({scenarioFile, baseDir}: ScenarioNamed, packages: readonly string[]): string => {
  const names = packages.join(' ');
  const isBuiltin = !relative(packageRoot, scenarioFile).startsWith('..') && !isWithin(baseDir, packageRoot);
  const [, project] = /^(.*)[/\\]node_modules[/\\]/.exec(packageRoot) ?? [];
  if (isBuiltin && (project === undefined || !isWithin(baseDir, project))) {
    return `Run \`npm install --save-dev foulweather ${names}\` in this project.`;
  }
  return isWithin(dirname(scenarioFile), baseDir) || isBuiltin
    ? `Run \`npm install ${names}\` in this project.`
    : `Run \`npm install ${names}\` in ${dirname(scenarioFile)}.`;
};

const isWithin = (folder: string, outer: string): boolean => {
  const path = relative(outer, folder);
  return !path.startsWith('..') && !isAbsolute(path);
};
