// Findings of one rule, one subject and one library are one finding, with their counts added up.
import type {ConventionFinding} from '../model/convention.ts';
import {conventionLevels} from '../model/convention.ts';

export class Findings {
  readonly #findings = new Map<string, ConventionFinding>();

  /** `ofCount` is of the whole library, and so the same for all that are merged. */
  add(finding: ConventionFinding): void {
    const key = JSON.stringify([finding.signal, finding.area, finding.rule, finding.scope, finding.subject]);
    const known = this.#findings.get(key);
    this.#findings.set(key, known ? {...known, count: known.count + finding.count} : finding);
  }

  /** The worst and most frequent first. */
  toList(): ConventionFinding[] {
    const rank = ({level}: ConventionFinding): number => conventionLevels.indexOf(level);
    return [...this.#findings.values()].sort((a, b) => rank(a) - rank(b) || b.count - a.count);
  }
}
