// The files in which a process left its heap or a diagnostic report: where they are, and what opens them.
import type {Artifact, KeptWhat} from '../../model/artifact.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {type Block, code, heading, list, type Text} from '../document.ts';
import {bytes, duration} from '../format.ts';

const meanings: {readonly [what in KeptWhat]: Text} = {
  'heap-snapshot': [
    'every object that was alive after the load. Open it in Chrome DevTools, under Memory. It contains everything the process held, which may include secrets',
  ],
  'process-report': [
    "Node's diagnostic report of the process while operations hung: its handles and requests (",
    code('libuv'),
    '), its memory and its stack',
  ],
};

export const artifactBlocks = (story: RunStory): Block[] => {
  const items = story.variants.flatMap(({trials}) =>
    trials.flatMap(({trial}) => trial.kept.map(kept => itemOf(trial.id, kept))),
  );
  return items.length === 0 ? [] : [heading('Heap snapshots and diagnostic reports'), list(items)];
};

const itemOf = (trialId: string, {what, file, bytes: size, durationMs}: Artifact): Text => {
  const path = code(`trials/${trialId}/${file}`);
  return size === null
    ? [path, ' could not be written; the disk may be full.']
    : [path, ` (${bytes(size)}, written in ${duration(durationMs)}): `, ...meanings[what], '.'];
};
