// One operation of the scenario as the driver wants it: never rejects, always says how it settled.
import {context} from '@opentelemetry/api';
import {asText} from '../load/error-facts.ts';
import type {Settlement} from '../load/settlement.ts';
import {ApplicationError, isApplicationError} from '../model/application-error.ts';
import type {Answer, PerformContext, SubjectInput} from '../scenarios/define-scenario.ts';
import {OperationParent} from './operation-parent.ts';

export type PerformOptions = {
  readonly subject: SubjectInput<unknown, unknown>;
  readonly client: unknown;
  readonly idOf: (index: number) => string;
  readonly tracePrefix: string;
  readonly now: () => number;
};

export const operationId = (trialId: string, index: number): string => `${trialId}-${index}`;

/** Makes the signal only when the scenario asks for it: most operations pay nothing. */
class OperationContext implements PerformContext {
  readonly id: string;
  readonly #deadlineAtMs: number;
  readonly #now: () => number;
  #signal: AbortSignal | undefined;

  constructor(id: string, deadlineAtMs: number, now: () => number) {
    this.id = id;
    this.#deadlineAtMs = deadlineAtMs;
    this.#now = now;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(this.#deadlineAtMs - this.#now())));
    return this.#signal;
  }
}

const ok = {status: 'ok'} as const;
const okEchoed = {status: 'ok', echoed: true} as const;

export const performer = (
  options: PerformOptions,
): ((index: number, deadlineAtMs: number) => Promise<Settlement>) => {
  const {subject, client, idOf, tracePrefix, now} = options;
  const judge = (id: string, answer: Answer | undefined): Settlement => {
    if (!answer) return ok;
    const {echoedId, intact, empty, key, applicationError} = answer;
    if (applicationError) {
      const {message, ...options} = applicationError;
      return {status: 'failed', error: new ApplicationError(message, options)};
    }
    if (echoedId === undefined || echoedId === id) {
      const plain = echoedId === undefined ? ok : okEchoed;
      if (intact === undefined && empty === undefined && key === undefined) return plain;
      return {
        ...plain,
        ...(intact === undefined ? {} : {intact}),
        ...(empty === undefined ? {} : {empty}),
        ...(key === undefined ? {} : {key: String(key)}),
      };
    }
    return {status: 'wrong', error: new Error(`asked as ${id}, answered as ${asText(echoedId)}`)};
  };
  const run = async (operation: OperationContext): Promise<Settlement> => {
    try {
      return judge(operation.id, await subject.perform(client, operation));
    } catch (error) {
      return {status: isApplicationError(error) ? 'failed' : classify(subject, error), error};
    }
  };
  return (index, deadlineAtMs) => {
    const operation = new OperationContext(idOf(index), deadlineAtMs, now);
    return context.with(new OperationParent(tracePrefix, index), run, undefined, operation);
  };
};

const meanings = ['failed', 'unknown', 'rejected'] as const;

/** A classifier that throws, or answers with another word, has not told us anything. */
const classify = (subject: SubjectInput<unknown, unknown>, error: unknown): (typeof meanings)[number] => {
  try {
    const meaning = subject.classify?.(error);
    return meanings.find(known => known === meaning) ?? 'unknown';
  } catch {
    return 'unknown';
  }
};
