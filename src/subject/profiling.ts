// Profiles the subject from inside: CPU, live heap objects, Buffers. The profiles are written to files as the trial
// goes on, so that they survive the process. Profiling must not disturb what it watches: expensive readings keep to a
// budget.
import {mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {Session} from 'node:inspector';
import {join} from 'node:path';
import {getHeapStatistics} from 'node:v8';
import type {ProfilePart, V8CpuProfile, V8HeapProfile} from '../model/profile-part.ts';
import {BufferSampling, samplingIntervalBytes} from './buffer-sampling.ts';
import type {ProfilingTask} from './protocol.ts';

/** 1 ms costs a fifth more CPU per operation of an HTTP client, 5 ms nothing that can be distinguished from noise. */
const cpuIntervalUs = 5000;

const tickMs = 250;

/**
 * V8 walks its whole heap when a CPU profile begins (11 ms, and 1 ms more per MB), and collects all garbage when the
 * heap's is read. Such a stall may take this share of the time since the last one: less than what a p99 would show.
 */
const budgetRatio = 0.005;

const cpuPartMinMs = 5000;

/** What the first reading of the heap is taken to cost: one of a client with OpenTelemetry's SDK took 91 ms. */
const firstHeapReadingMs = 100;

/** From this share of the heap's limit on the process may die: a profile is then worth its stall, at each step. */
const nearLimitRatio = 0.7;
const nearLimitStepRatio = 0.1;

/** V8's limit, as reported, includes what it reserves for young objects: three semi-spaces of 64 MiB. */
const youngBytes = 192 * 1024 ** 2;

/**
 * Reading Buffers stalls nothing: they are read each time the memory has grown by so much. The heap is read when it
 * has grown by much more.
 */
const growthRatio = 1.25;
const growthMinBytes = 8 * 1024 ** 2;
const heapGrowthRatio = 1.5;
const heapGrowthMinBytes = 64 * 1024 ** 2;

/** A reading that stalls the process, and what the last one cost. */
class BudgetedReading {
  lastMs: number;
  costMs: number;

  /** @param costMs the assumed cost of a reading before there was one */
  constructor(nowMs: number, costMs = 0) {
    this.lastMs = nowMs;
    this.costMs = costMs;
  }

  isWithinBudget(nowMs: number): boolean {
    return nowMs - this.lastMs >= this.costMs / budgetRatio;
  }

  measure<T>(read: () => T): T {
    const startMs = performance.now();
    const result = read();
    this.costMs = performance.now() - startMs;
    this.lastMs = performance.now();
    return result;
  }
}

export class Profiling {
  readonly #folder: string;
  readonly #heapLimitBytes: number;
  readonly #now: () => number;
  readonly #session = new Session();
  readonly #buffers = new BufferSampling();
  readonly #cpu = new BudgetedReading(performance.now());
  readonly #heap = new BudgetedReading(performance.now(), firstHeapReadingMs);
  #timer: NodeJS.Timeout | undefined;
  #written = 0;
  #nextNearLimitRatio = nearLimitRatio;
  #highWaterBytes = 0;
  /** What was used when the heap was last read, or when the library was opened. */
  #heapReadBytes = 0;
  #running = false;
  #phase: number | null = null;

  constructor(folder: string, {heapLimitMiB}: ProfilingTask, now: () => number) {
    this.#folder = folder;
    this.#heapLimitBytes =
      heapLimitMiB === null ? getHeapStatistics().heap_size_limit - youngBytes : heapLimitMiB * 1024 ** 2;
    this.#now = now;
  }

  /** Before the library is loaded. */
  start(): void {
    mkdirSync(this.#folder, {recursive: true});
    this.#buffers.install();
    this.#session.connect();
    this.#post('HeapProfiler.enable');
    this.#post('HeapProfiler.startSampling', {samplingInterval: samplingIntervalBytes});
    this.#post('Profiler.enable');
    this.#post('Profiler.setSamplingInterval', {interval: cpuIntervalUs});
    this.#cpu.measure(() => this.#post('Profiler.start'));
    this.#running = true;
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  /**
   * The library is open. The heap is not read: V8 would discard compiled and optimised code, and each operation of
   * the phases that follow would take an eighth more CPU time (docs/performance-history.md).
   */
  noteOpened(): void {
    if (!this.#running) return;
    this.#writeMemory(false);
    this.#heapReadBytes = getHeapStatistics().used_heap_size;
  }

  /** Nothing is under way any more: it may cost what it will. */
  takeMemory(): void {
    if (this.#running) this.#writeMemory(true);
  }

  enterPhase(phase: number): void {
    if (this.#running && this.#phase !== null)
      this.#writeMemory(this.#heap.isWithinBudget(performance.now()));
    this.#phase = phase;
  }

  /** Nothing starts any more: from here on a stall does no harm. */
  endLoad(): void {
    this.takeMemory();
    this.#phase = null;
  }

  /** Also from an exit handler: all of it is synchronous. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    clearInterval(this.#timer);
    this.#writeCpu();
    this.#writeMemory(false);
    this.#session.disconnect();
  }

  #tick(): void {
    const nowMs = performance.now();
    const {used_heap_size: usedBytes} = getHeapStatistics();
    const usedRatio = usedBytes / this.#heapLimitBytes;
    if (usedRatio >= this.#nextNearLimitRatio) {
      if (this.#nextNearLimitRatio === nearLimitRatio) this.#turnCpu();
      while (usedRatio >= this.#nextNearLimitRatio) this.#nextNearLimitRatio += nearLimitStepRatio;
      this.#writeMemory(true);
      return;
    }
    if (nowMs - this.#cpu.lastMs >= cpuPartMinMs && this.#cpu.isWithinBudget(nowMs)) this.#turnCpu();
    const bytes = usedBytes + process.memoryUsage().external;
    if (bytes > this.#highWaterBytes * growthRatio + growthMinBytes) {
      const hasGrown = usedBytes > this.#heapReadBytes * heapGrowthRatio + heapGrowthMinBytes;
      this.#writeMemory(hasGrown && this.#heap.isWithinBudget(nowMs));
    }
    this.#buffers.tidy();
  }

  #turnCpu(): void {
    this.#writeCpu();
    this.#cpu.measure(() => this.#post('Profiler.start'));
  }

  #writeCpu(): void {
    const {profile} = this.#post('Profiler.stop') as {profile: V8CpuProfile};
    this.#write({kind: 'cpu', endMs: this.#now(), profile});
  }

  #writeMemory(withHeap: boolean): void {
    const heap = withHeap
      ? this.#heap.measure(() => this.#post('HeapProfiler.getSamplingProfile') as {profile: V8HeapProfile})
          .profile
      : null;
    const {heapUsed, external} = process.memoryUsage();
    if (withHeap) this.#heapReadBytes = heapUsed;
    this.#highWaterBytes = Math.max(this.#highWaterBytes, heapUsed + external);
    this.#write({
      kind: 'memory',
      phase: this.#phase,
      atMs: this.#now(),
      heap,
      buffers: this.#buffers.stacks(),
    });
  }

  /** In place as a whole or not at all. */
  #write(part: ProfilePart): void {
    const file = join(this.#folder, `${String(++this.#written).padStart(6, '0')}.json`);
    try {
      writeFileSync(`${file}.tmp`, JSON.stringify(part));
      renameSync(`${file}.tmp`, file);
    } catch {
      // A full disk is reported by the parent: its journal lies beside.
    }
  }

  /** In one's own thread the inspector answers before `post` returns. */
  #post(method: string, params: object = {}): unknown {
    let failure: Error | null = null;
    let answer: unknown;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure) throw new Error(`${method}: ${JSON.stringify(failure)}`);
    return answer;
  }
}
