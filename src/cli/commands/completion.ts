// foulweather completion: a script for the shell, made of the commands and options that there are.
import {Argument, type Command, type Option} from 'commander';
import {builtinNames} from '../../scenarios/builtin.ts';
import type {Session} from '../cli-io.ts';
import {dataVariable} from '../options.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export const addCompletionCommand = (root: Command, {io}: Session): void => {
  root
    .command('completion')
    .description('print a completion script for your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(foulweather completion bash)"                                    (in ~/.bashrc)
  eval "$(foulweather completion zsh)"                                     (in ~/.zshrc, after compinit)
  foulweather completion fish > ~/.config/fish/completions/foulweather.fish
`,
    )
    .action((shell: Shell) => {
      io.stdout.write(scripts[shell](root));
    });
};

/** What the arguments of a command are. */
const takesScenarios: readonly string[] = ['run', 'explore', 'overhead'];
const takesRuns: readonly string[] = ['report', 'show', 'compare'];

const runsFolder = `"\${${dataVariable}:-.foulweather}/runs"`;

const flagsOf = ({options}: Command): string[] =>
  options.map(({long}) => long).filter(long => long !== undefined && long !== null);

/** Options that take one of a few words. */
const choicesOf = (root: Command): (readonly [flag: string, words: readonly string[]])[] => {
  const all = root.commands.flatMap(({options}) => options);
  const chosen = all.flatMap(({long, argChoices}: Option) =>
    long && argChoices ? [[long, argChoices] as const] : [],
  );
  return [...new Map(chosen)];
};

const bash = (root: Command): string => `# foulweather completion
_foulweather() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "$prev" in
${choicesOf(root)
  .map(([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$cur")); return ;;`)
  .join('\n')}
    --out|--data|--config) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...root.commands.map(command => command.name()), 'help', ...flagsOf(root)].join(' ')}" -- "$cur"))
    return
  fi
  case "\${COMP_WORDS[1]} $cur" in
${root.commands
  .map(command => `    "${command.name()} -"*) words="${[...flagsOf(command), '--help'].join(' ')}" ;;`)
  .join('\n')}
    ${takesScenarios.map(name => `"${name} "*`).join('|')}) words="${builtinNames.join(' ')}" ;;
    ${takesRuns.map(name => `"${name} "*`).join('|')}) words="latest $(ls ${runsFolder} 2>/dev/null)" ;;
    "completion "*) words="${shells.join(' ')}" ;;
    "help "*) words="${root.commands.map(command => command.name()).join(' ')}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _foulweather foulweather
`;

/** zsh understands bash's completions. */
const zsh = (root: Command): string => `autoload -U +X bashcompinit && bashcompinit\n${bash(root)}`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const fish = (root: Command): string => {
  const line = (when: string, ...rest: readonly string[]): string =>
    `complete -c foulweather -n ${quoted(when)} ${rest.join(' ')}`;
  const seen = (names: readonly string[]): string => `__fish_seen_subcommand_from ${names.join(' ')}`;
  return `${[
    '# foulweather completion',
    ...root.commands.map(command =>
      line('__fish_use_subcommand', '-f', '-a', command.name(), '-d', quoted(command.description())),
    ),
    ...root.commands.flatMap(command =>
      command.options.map(({long, required, argChoices, description}) =>
        line(
          seen([command.name()]),
          `-l ${(long ?? '').slice(2)}`,
          ...(required ? ['-r'] : []),
          ...(argChoices ? ['-f', '-a', quoted(argChoices.join(' '))] : []),
          '-d',
          quoted(description),
        ),
      ),
    ),
    line(seen(takesScenarios), '-a', quoted(builtinNames.join(' '))),
    line(
      seen(takesRuns),
      '-a',
      quoted(`latest (ls ${runsFolder.replace(/\$\{.*\}/, '.foulweather')} 2>/dev/null)`),
    ),
    line(seen(['completion']), '-f', '-a', quoted(shells.join(' '))),
  ].join('\n')}\n`;
};

const scripts: {readonly [shell in Shell]: (root: Command) => string} = {bash, zsh, fish};
