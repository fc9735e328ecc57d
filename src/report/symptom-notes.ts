// What a report says of a symptom besides its evidence: how it is called in a sentence, and what usually mends it.
import type {SymptomId} from '../model/finding.ts';
import type {PhaseSummary} from '../model/run.ts';

export type SymptomNote = {
  /** In the middle of a sentence: "no more hung operations". */
  readonly noun: string;
  readonly remedy: string;
  /** Where the figures of a phase count it. */
  readonly countOf?: (phase: PhaseSummary) => number | null;
};

export const symptomNotes: {readonly [symptom in SymptomId]: SymptomNote} = {
  'hung-operation': {
    noun: 'hung operations',
    remedy:
      'Bound every wait: set the connect, header and body (or command) time-outs below the deadline, or pass a signal that aborts.',
    countOf: phase => phase.outcomes.hung,
  },
  'deadline-overrun': {
    noun: 'late operations',
    remedy:
      'Bound the operation as a whole, retries and their pauses included, and not only each attempt of it.',
    countOf: phase => phase.overrun,
  },
  'retry-amplification': {
    noun: 'retry amplification',
    remedy:
      'Limit the attempts of an operation, back off exponentially with jitter, and give retries a budget, such as 10 % of the requests.',
  },
  'duplicate-effect': {
    noun: 'duplicated effects',
    remedy:
      'Retry only what is idempotent, or send an idempotency key that the server checks; do not retry after an ambiguous error.',
    countOf: phase => phase.duplicateCount,
  },
  'crossed-response': {
    noun: 'crossed responses',
    remedy:
      'Discard a connection after a time-out or an abort instead of using it again, and match answers to requests by id.',
    countOf: phase => phase.outcomes.wrong,
  },
  'slow-recovery': {
    noun: 'slow recovery',
    remedy:
      'Cap the back-off, close connections that timed out, and drop work whose caller has given up, so that it does not queue in front of new work.',
  },
  'connection-leak': {
    noun: 'leaked connections',
    remedy:
      'Destroy the socket on time-out and abort, read or cancel every body, and set an idle time-out on the pool.',
  },
  'process-crash': {
    noun: 'crashes',
    remedy:
      "Handle 'error' on every emitter and the rejection of every promise that is not awaited; report the error to the caller instead.",
  },
  'out-of-memory': {
    noun: 'out-of-memory crashes',
    remedy:
      'Bound what waits: limit queue, prefetch and operations in flight, and refuse or push back beyond that.',
  },
  'event-loop-stall': {
    noun: 'event-loop stalls',
    remedy:
      'Look at a CPU profile of the phase: split or move away synchronous work, and put a pause between retries.',
  },
};
