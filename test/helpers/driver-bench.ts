// A driver whose clock, timers and operations are in the test's hand.
import {mock} from 'node:test';
import type {ExecutionContext} from 'ava';
import {Driver, type DriverOptions} from '../../src/load/driver.ts';
import type {Settlement} from '../../src/load/settlement.ts';
import type {SubjectEvent} from '../../src/model/event.ts';
import type {Phase} from '../../src/model/plan.ts';
import {type Booked, DriverFold} from './driver-fold.ts';

export const calmPhase: Phase = {name: 'baseline', role: 'baseline', durationMs: 1000, faults: []};
export const faultPhase: Phase = {name: 'stall', role: 'fault', durationMs: 1000, faults: []};
export const recoveryPhase: Phase = {name: 'recovery', role: 'recovery', durationMs: 1000, faults: []};

export type BenchOptions = Partial<Pick<DriverOptions, 'load' | 'operation' | 'phases'>> & {
  /** What each operation does; without it they wait for `settle`. */
  readonly perform?: (index: number, deadlineAtMs: number) => Promise<Settlement>;
};

export type Bench = {
  readonly driver: Driver;
  readonly events: readonly SubjectEvent[];
  /** On the driver's clock. */
  nowMs(): number;
  /** Moves the clock on, a millisecond at a time, with all that falls due. */
  advance(ms: number): Promise<void>;
  /** Moves the clock on at one go, as a blocked event loop does. */
  block(ms: number): Promise<void>;
  settle(index: number, settlement?: Settlement): Promise<void>;
  /** What was told so far, the latest included. */
  booked(final?: boolean): Booked;
};

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await null;
};

/** Use it in serial tests only: it replaces the timers of the whole process until the test ends. */
export const driverBench = (t: ExecutionContext, options: BenchOptions = {}): Bench => {
  mock.timers.enable({apis: ['setTimeout', 'setInterval', 'Date'], now: 0});
  const waiting = new Map<number, (settlement: Settlement) => void>();
  const wait = (index: number): Promise<Settlement> => new Promise(resolve => waiting.set(index, resolve));
  const driver = new Driver({
    load: {model: 'open', ratePerSecond: 100, maxInFlight: 1000},
    operation: {deadlineMs: 200, idempotent: true},
    phases: [calmPhase, faultPhase, recoveryPhase],
    perform: wait,
    idOf: index => `trial-${index}`,
    now: () => Date.now(),
    ...options,
  });
  t.teardown(() => {
    driver.stop();
    mock.timers.reset();
  });
  const fold = new DriverFold();
  const events: SubjectEvent[] = [];
  return {
    driver,
    events,
    nowMs: () => Date.now(),
    async advance(ms) {
      await settled();
      for (let passed = 0; passed < ms; passed++) {
        mock.timers.tick(1);
        await settled();
      }
    },
    async block(ms) {
      await settled();
      mock.timers.tick(ms);
      await settled();
    },
    async settle(index, settlement = {status: 'ok'}) {
      waiting.get(index)?.(settlement);
      waiting.delete(index);
      await settled();
    },
    booked(final = false) {
      const told = driver.collect(final);
      events.push(...told);
      for (const event of told) fold.add(event);
      return fold.booked();
    },
  };
};
