// How a subject came to its end: whether the library opened, the result of the first operation, how it was closed,
// and how its process ended.
import type {FirstOperation} from '../../../model/driver-witness.ts';
import type {TrialEvent} from '../../../model/event.ts';
import type {ErrorFacts} from '../../../model/outcome.ts';
import type {ProcessExit} from '../../../model/process-witness.ts';
import type {Closing, SubjectEnd, Trial} from '../../../model/trial.ts';

type Closed = Extract<TrialEvent, {kind: 'closed'}>;

export class EndFold {
  #openError: ErrorFacts | null = null;
  #tried: FirstOperation | null = null;
  #triedSettledMs: number | null = null;
  #uncaught: ErrorFacts | null = null;
  #closed: Closed | null = null;
  #calmMs: number | null = null;
  #isDrained = false;
  #exit: ProcessExit | null = null;
  #hadLoad = false;
  #interrupted = false;
  #broken: Extract<TrialEvent, {kind: 'protocol-broken'}> | null = null;
  #killedForMemory = false;
  #stuck: Trial['stuck'] = null;

  add(event: TrialEvent): void {
    switch (event.kind) {
      case 'open-failed':
        this.#openError = event.error;
        break;
      case 'tried':
        this.#tried = event.first;
        break;
      case 'tried-settled':
        this.#triedSettledMs = event.atMs;
        break;
      case 'uncaught':
        this.#uncaught = event.error;
        break;
      case 'edge':
        this.#hadLoad = true;
        break;
      case 'closed':
        this.#closed = event;
        break;
      case 'drained':
        this.#isDrained = true;
        break;
      case 'calmed':
        this.#calmMs = event.atMs;
        break;
      case 'stuck':
        this.#stuck = {atMs: event.atMs, stack: event.stack};
        break;
      case 'protocol-broken':
        this.#broken ??= event;
        break;
      case 'killed-for-memory':
        this.#killedForMemory = true;
        break;
      case 'interrupted':
        this.#interrupted = true;
        break;
      case 'exit':
        this.#exit = event.exit;
        break;
    }
  }

  observation(): Pick<Trial, 'firstUnsettled' | 'closing' | 'end' | 'exit' | 'stuck'> {
    const closed = this.#finished();
    return {
      firstUnsettled:
        this.#tried?.status === 'unsettled'
          ? {afterMs: this.#tried.afterMs, settledMs: this.#triedSettledMs}
          : null,
      closing: closed && this.#closing(closed),
      end: this.#end(),
      exit: this.#exit,
      stuck: this.#stuck,
    };
  }

  /** Under load it is closed first, and drained then: a process that does not live to see that has crashed. */
  #finished(): Closed | null {
    const closed = this.#closed;
    return closed?.inFlight !== undefined && !this.#isDrained ? null : closed;
  }

  #closing({atMs, durationMs, inFlight, sigterm}: Closed): Closing {
    const calmMs = this.#calmMs;
    return {
      startMs: atMs - durationMs,
      durationMs,
      ...(calmMs !== null && inFlight !== undefined && {underLoad: {calmMs, inFlight}}),
      ...(sigterm !== undefined && {sigterm}),
    };
  }

  /** The first of these that applies. A journal without an exit is of a harness that was killed. */
  #end(): SubjectEnd {
    const exit = this.#exit;
    if (this.#interrupted || exit?.killedFor === 'interrupted' || !exit) return {kind: 'interrupted'};
    if (exit.killedFor === 'unresponsive') return {kind: 'unresponsive'};
    if (this.#broken) {
      const {problem, line} = this.#broken;
      return {kind: 'protocol-broken', problem, line};
    }
    if (this.#openError) return {kind: 'open-failed', error: this.#openError};
    // With --keep-going the load begins all the same.
    if (this.#tried?.status === 'failed' && !this.#hadLoad) {
      const {error, triedCount} = this.#tried;
      return {kind: 'first-operation-failed', error, triedCount};
    }
    const closed = this.#finished();
    if (closed) return {kind: 'completed', close: closed.result, error: closed.error};
    return {
      kind: 'crashed',
      exitCode: exit.exitCode,
      signal: exit.signal,
      outOfMemory: this.#killedForMemory || ranOutOfMemory(exit),
      error: this.#uncaught,
    };
  }
}

/** V8, the JVM, Go and Python say so on stderr before they end; there is no exit code for it. */
const ranOutOfMemory = (exit: ProcessExit): boolean =>
  /FATAL ERROR: .*(?:heap out of memory|Allocation failed|heap limit)/.test(exit.stderrTail) ||
  /^(?:.*\bjava\.lang\.OutOfMemoryError\b|fatal error: runtime: (?:out of memory|cannot allocate memory)|MemoryError\b)/m.test(
    exit.stderrTail,
  );
