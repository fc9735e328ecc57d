// An operation that is tried before the load and never settles may hold a connection, which no detector can tell from one that leaked.
import {isFirstUnderWay, type Trial} from '../model/trial.ts';

/** Why leaks of connections and slots are left open; null where it has settled. */
export const firstGap = (trial: Trial): string | null =>
  isFirstUnderWay(trial)
    ? 'the operation tried before the load never settled, and may hold a connection'
    : null;
