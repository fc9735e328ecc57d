// From a claim to the phase whose witnesses bear it out.
import type {PhaseRole} from '../model/plan.ts';
import type {Span} from './document.ts';
import type {VariantStory} from './variants.ts';

/** Whether the investigation tells of a phase on its own. */
export const isInvestigated = (role: PhaseRole): boolean => role === 'fault' || role === 'recovery';

/** By its place in the plan: a name of somebody else's need not be fit for an anchor. */
export const phaseAnchor = (index: number): string => `phase-${index + 1}`;

/** The plain name where there is nothing to lead to. */
export const phaseLink = ({phases}: VariantStory, name: string): Span => {
  const phase = phases.find(candidate => candidate.phase === name);
  return phase && isInvestigated(phase.role) ? {link: name, to: phaseAnchor(phase.index)} : name;
};
