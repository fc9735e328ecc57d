// What the templates for other protocols than HTTP share: the load, the faults and the goals.
import {shellQuote} from '../shell-quote.ts';

export type TemplateParts = {
  readonly fileName: string;
  /** Lines of comment below the first two. */
  readonly intro: readonly string[];
  readonly imports: readonly string[];
  readonly name: string;
  readonly observation: string;
  /** After `npx foulweather run <file>`. */
  readonly flags: string;
  readonly target: string;
  /** From `variants:` on, indented by two. */
  readonly variants: string;
  readonly idempotent: boolean;
  /** From `subject:` on, indented by two. */
  readonly subject: string;
  /** Before the scenario. */
  readonly preamble?: string;
};

/** For libraries that bound no call: a limit of the application's own. */
export const withinText = `/** The limit is the application's: the library has none. */
const within = async <T>(limitMs: number | null, work: Promise<T>): Promise<T> => {
  if (limitMs === null) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error(\`not done within \${limitMs} ms\`), {code: 'ETIMEDOUT'});
    timer = setTimeout(() => reject(error), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};`;

export const fillSkeleton = (parts: TemplateParts): string => `// A foulweather scenario: ${parts.observation}
// Run it:  npx foulweather run ${shellQuote(`./${parts.fileName}`)}${parts.flags}
${parts.intro.map(line => `// ${line}\n`).join('')}${[...parts.imports, "import {defineScenario, latency, refuse, resetPeer, stall} from 'foulweather';"].join('\n')}
${parts.preamble === undefined ? '' : `\n${parts.preamble}\n`}
export default defineScenario({
  name: '${parts.name}',
  observation: '${parts.observation}',
${parts.target}

  // The first variant is the baseline; every other one says what it changes.
${parts.variants}

  // Operations start at this rate whether or not the library keeps up; latency is measured from the scheduled start.
  load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
  operation: {deadlineMs: 2000, idempotent: ${parts.idempotent}},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'slow', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 50, jitterMs: 20})]},
    {name: 'stall', role: 'fault', durationMs: 4000, faults: [stall()]},
    {name: 'reset', role: 'fault', durationMs: 2000, faults: [resetPeer()]},
    {name: 'refused', role: 'fault', durationMs: 2000, faults: [refuse()]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}},
    baseline: {successRatio: {min: 0.99}},
    recovery: {successRatio: {min: 0.99}, timeToRecoverMs: {max: 5000}},
  },

  // These run in a separate process. The URL leads through the fault injector: use no other.
${parts.subject}
});
`;
