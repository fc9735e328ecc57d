// Initial user observation: what somebody saw before anything was measured, and what was tried to see it again.

import {describePlan} from '../../blocks/faults.ts';
import {paragraph, type Section} from '../../document.ts';
import type {RunStory} from '../run-story.ts';

export const observationSection = ({run}: RunStory): Section => ({
  id: 'initial-user-observation',
  title: 'Initial user observation',
  blocks: [
    {kind: 'quote', text: [run.record.plan.observation]},
    paragraph(describePlan(run.record.plan, run.record.environment.target)),
  ],
});
