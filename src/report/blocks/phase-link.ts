// From a claim to the phase whose witnesses support it.
import type {PhaseRole} from '../../model/choices.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import type {Span} from '../document.ts';

type Named = {readonly name: string; readonly role: PhaseRole};

/** Whether the investigation shows a phase separately: a calm one only where something was found in it. */
export const isInvestigated = ({symptoms}: VariantStory, {name, role}: Named): boolean =>
  role === 'fault' ||
  role === 'recovery' ||
  (role === 'baseline' &&
    symptoms.some(({present}) =>
      present.some(({phase, evidence}) => phase === name || evidence.some(one => one.phase === name)),
    ));

/** By its position in the plan: a user's name for it need not be fit for an anchor. */
export const phaseAnchor = (index: number): string => `phase-${index + 1}`;

export const symptomsAnchor = 'symptoms-in-detail';
export const witnessesAnchor = 'witnesses';
export const processAnchor = 'process';
export const profilesAnchor = 'profiles';

/** The plain name where there is nothing to link to. */
export const phaseLink = (story: VariantStory, name: string): Span => {
  const phase = story.phases.find(candidate => candidate.phase === name);
  return phase && isInvestigated(story, {name, role: phase.role})
    ? {link: name, to: phaseAnchor(phase.index)}
    : name;
};
