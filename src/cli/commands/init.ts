// foulweather init: writes a commented scenario that runs as it is, and the CI job that runs it.
import {mkdir, writeFile} from 'node:fs/promises';
import {basename, dirname, resolve} from 'node:path';
import {type Command, Option} from 'commander';
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../session.ts';
import {shellQuote} from '../shell-quote.ts';
import {workflowFile, workflowTemplate} from '../templates/workflow.ts';
import {type TemplateName, templateNames, templates} from '../templates.ts';

type Options = {readonly template: TemplateName; readonly ci?: boolean; readonly force?: boolean};

const defaultFile = 'scenario.ts';

export const addInitCommand = (root: Command, {io}: Session): void => {
  root
    .command('init')
    .description('write a scenario to start from')
    .argument('[file]', 'where to', defaultFile)
    .addOption(
      new Option('--template <name>', 'protocol the library speaks').choices(templateNames).default('http'),
    )
    .option('--ci', `write ${workflowFile} as well: the job that runs it on GitHub`)
    .option('--force', 'overwrite an existing file')
    .action(async (name: string, {template, ci, force}: Options) => {
      const write = async (file: string, text: string): Promise<void> => {
        try {
          await writeFile(file, text, {flag: force ? 'w' : 'wx'});
        } catch (error) {
          throw cannotWrite(file, error);
        }
      };
      const file = resolve(io.cwd, name);
      await write(file, templates[template](basename(file)));
      io.stdout.write(
        `Wrote ${name}. Run it: npx foulweather run ${shellQuote(asPath(name))}${flagsOf(template)}\n`,
      );
      if (!ci) return;
      const workflow = resolve(io.cwd, workflowFile);
      await mkdir(dirname(workflow), {recursive: true});
      const scenario = `${shellQuote(asPath(name))}${flagsOf(template)}`;
      await write(workflow, workflowTemplate(scenario, serverPackages[template]));
      io.stdout.write(`Wrote ${workflowFile}.\n`);
    });
};

/** Debian's packages of the real servers that templates are for. */
const serverPackages: {readonly [template in TemplateName]: string | null} = {
  http: null,
  redis: 'redis-server',
  postgres: 'postgresql',
  amqp: 'rabbitmq-server',
  mqtt: 'mosquitto',
  function: null,
};

const flagsOf = (template: TemplateName): string =>
  serverPackages[template] === null ? '' : ' --start-services';

/** A bare name could be that of a built-in scenario. */
const asPath = (name: string): string => (/[/\\]/.test(name) ? name : `./${name}`);

const cannotWrite = (file: string, error: unknown): FoulweatherError =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'
    ? new FoulweatherError(
        'FW_FILE_EXISTS',
        `${file} already exists.`,
        'Name another file, or overwrite it with --force.',
      )
    : new FoulweatherError(
        'FW_FILE_WRITE',
        `${file} cannot be written: ${messageOf(error)}`,
        'See that the folder exists and may be written to.',
        {cause: error},
      );
