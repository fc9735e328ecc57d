// foulweather init: writes a commented scenario that runs as it is, and the CI job that runs it.
import {existsSync, statSync} from 'node:fs';
import {mkdir, writeFile} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {type Command, Option} from 'commander';
import {messageOf} from '../../model/error-message.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {ServiceName} from '../../model/service.ts';
import {installCommand, services} from '../../services/catalogue.ts';
import type {Session} from '../cli-io.ts';
import {wholeNumber} from '../options.ts';
import {shellQuote} from '../shell-quote.ts';
import {mostJobs, workflowFile, workflowTemplate} from '../templates/workflow.ts';
import {type TemplateName, templateNames, templates} from '../templates.ts';

type Options = {
  readonly template: TemplateName;
  readonly ci?: boolean;
  readonly shards?: number;
  readonly force?: boolean;
};

const defaultFile = 'scenario.ts';

export const addInitCommand = (root: Command, {io}: Session): void => {
  root
    .command('init')
    .description('write a scenario to start from')
    .argument('[file]', 'TypeScript file to write', defaultFile)
    .addOption(
      new Option('--template <name>', 'protocol the library speaks').choices(templateNames).default('http'),
    )
    .option('--ci', `also write ${workflowFile}, a job that runs it on GitHub`)
    .option(
      '--shards <count>',
      'with --ci, as many jobs share the trials, and one more merges them',
      wholeNumber(2, mostJobs),
    )
    .option('--force', 'overwrite existing files')
    .addHelpText(
      'after',
      `
Examples:
  foulweather init
  foulweather init redis.ts --template redis --ci
  foulweather init --ci --shards 4
`,
    )
    .action(async (name: string, {template, ci, shards, force}: Options) => {
      if (shards !== undefined && !ci) {
        throw new FoulweatherError('FW_USAGE', '--shards only works with --ci.', 'Add --ci.');
      }
      const file = resolve(io.cwd, name);
      refuseOtherThanTypeScript(name, file);
      const write = async (path: string, text: string): Promise<void> => {
        try {
          await writeFile(path, text, {flag: force ? 'w' : 'wx'});
        } catch (error) {
          throw cannotWrite(path, error);
        }
      };
      const {packageName, service} = needs[template];
      const command = `${shellQuote(asPath(name))}${service === null ? '' : ' --start-services'}`;
      await write(file, templates[template](basename(file)));
      io.stdout.write(
        [
          `Wrote ${name}.`,
          ...(packageName === null ? [] : [`Install:  npm install ${packageName}`]),
          ...(service === null ? [] : [`Server:   ${installCommand(services[service])}`]),
          `Run:      npx foulweather run ${command}`,
          '',
        ].join('\n'),
      );
      if (!ci) return;
      const workflow = resolve(io.cwd, workflowFile);
      await mkdir(dirname(workflow), {recursive: true});
      const debian = service === null ? null : services[service].install.packageName;
      await write(
        workflow,
        workflowTemplate({scenario: command, debianPackage: debian, shards: shards ?? null}),
      );
      io.stdout.write(
        `Wrote ${workflowFile}. Commit it with package.json and package-lock.json (npm install --save-dev foulweather${packageName === null ? '' : ` ${packageName}`}).\n`,
      );
    });
};

/** Types are all that templates have of TypeScript, and Node strips those. */
const refuseOtherThanTypeScript = (name: string, file: string): void => {
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw new FoulweatherError(
      'FW_USAGE',
      `${name} is a folder.`,
      `Name the file to write: foulweather init ${shellQuote(join(name, defaultFile))}`,
    );
  }
  if (/\.m?ts$/.test(name)) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `Templates are TypeScript, so ${name} must end in .ts or .mts.`,
    'Node.js runs TypeScript as it is; there is nothing to compile.',
  );
};

type TemplateNeeds = {readonly packageName: string | null; readonly service: ServiceName | null};

const needs: {readonly [template in TemplateName]: TemplateNeeds} = {
  http: {packageName: null, service: null},
  redis: {packageName: 'ioredis', service: 'redis'},
  postgres: {packageName: 'pg', service: 'postgres'},
  amqp: {packageName: 'amqplib', service: 'rabbitmq'},
  mqtt: {packageName: 'mqtt', service: 'mosquitto'},
  function: {packageName: null, service: null},
};

/** A bare name could be that of a built-in scenario. */
const asPath = (name: string): string => (/[/\\]/.test(name) ? name : `./${name}`);

const cannotWrite = (file: string, error: unknown): FoulweatherError =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'
    ? new FoulweatherError(
        'FW_FILE_EXISTS',
        `${file} already exists.`,
        'Choose another name, or overwrite it with --force.',
      )
    : new FoulweatherError(
        'FW_FILE_WRITE',
        `Cannot write ${file}: ${messageOf(error)}`,
        'Check that its folder exists and that you can write to it.',
        {cause: error},
      );
