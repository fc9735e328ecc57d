// Why there was no load: the library was not opened, its first operation failed, or its process died before, on a calm network.
import type {ErrorFacts} from '../../model/outcome.ts';
import type {Plan} from '../../model/plan.ts';
import type {Gate} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';

export const startGateNames: readonly string[] = [
  'open-failed',
  'first-operation-failed',
  'died-before-load',
  'unresponsive-before-load',
];

export const startGates = ({end, edges, plan, exit}: Trial): Gate[] => {
  const isProgram = plan.program !== undefined;
  switch (end.kind) {
    case 'open-failed':
      return [
        {
          name: 'open-failed',
          reason: `open() failed on a calm network, so nothing was tested${said(end.error)}`,
          advice: `Fix open() in ${isProgram ? 'the program' : 'the scenario'}.`,
          stack: end.error.stack,
        },
      ];
    case 'first-operation-failed':
      return [
        {
          name: 'first-operation-failed',
          reason: `The operation tried before the load failed ${end.triedCount} out of ${end.triedCount} times on a calm network, so nothing was tested${said(end.error)}`,
          advice: `Fix perform() in ${isProgram ? 'the program' : 'the scenario'}, or ${targetAdvice(plan)}. If the response is a legitimate application error, return it as applicationError. To run anyway, add --keep-going.`,
          stack: end.error.stack,
        },
      ];
    case 'crashed': {
      if (edges.length > 0) return [];
      const how = end.signal === null ? `with exit code ${end.exitCode}` : `with signal ${end.signal}`;
      const why = end.outOfMemory ? ': it ran out of memory.' : said(end.error);
      return [
        {
          name: 'died-before-load',
          reason: `The process ended ${how} before the load, on a calm network, so nothing was tested${isProgram ? lastLine(exit) : why}`,
          advice: isProgram
            ? 'Check the program with `foulweather conform`.'
            : 'Check that the library supports this version of Node.js, and that open() and perform() are correct.',
          ...(end.error && {stack: end.error.stack}),
        },
      ];
    }
    case 'unresponsive':
      return edges.length > 0
        ? []
        : [
            {
              name: 'unresponsive-before-load',
              reason:
                'The process stopped responding before the load, on a calm network, so nothing was tested.',
              advice: 'The report shows where it is stuck. Check open() and perform().',
            },
          ];
    default:
      return [];
  }
};

const said = (error: ErrorFacts | null): string => {
  if (error === null) return '.';
  const {name, code, message, causes} = error;
  const own = [name, code, message].filter(part => part !== null && part !== '').join(': ');
  const whole = [own, ...causes].join('; caused by ').replaceAll(/\s*\n\s*/g, ' ');
  return `: ${whole}${/[.!?]$/.test(whole) ? '' : '.'}`;
};

/** What a program printed last is mostly why it ended. */
const lastLine = (exit: Trial['exit']): string => {
  const line = exit?.stderrTail.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? '.' : `: ${line}`;
};

const targetAdvice = ({target}: Plan): string =>
  target.kind === 'url' ? `make sure a server is running at ${target.url}` : 'make sure the target responds';
