// What became of reproducers, in the words of each reporter.
import test from 'ava';
import {
  type Replayed,
  replayedAnnotations,
  replayedJunit,
  replayedMarkdown,
  replayedText,
} from '../../../src/report/explore/replayed.ts';

const replayed = (state: Replayed['state'], reason: string | null = null): Replayed => ({
  file: `foulweather/reproducers/${state}.ts`,
  sentence: 'When a connection is closed, <the> client never recovers: 3 of 3 tries.',
  symptom: 'wedged-client',
  state,
  reason,
});
const all = [replayed('fails'), replayed('fixed'), replayed('undecided', 'Fault 1 hit nothing.')];

test('in a terminal: what became of it, the file, the sentence, and the doubt', t => {
  t.is(
    replayedText(all[2]!),
    'Inconclusive: foulweather/reproducers/undecided.ts\n  When a connection is closed, <the> client never recovers: 3 of 3 tries. Fault 1 hit nothing.\n',
  );
});

test('as Markdown', t => {
  const [first, second] = replayedMarkdown(all).split('\n');
  t.is(
    first,
    '- Still fails: `foulweather/reproducers/fails.ts`. When a connection is closed, &lt;the\\> client never recovers: 3 of 3 tries.',
  );
  t.true(second!.startsWith('- Fixed: '));
});

test('JUnit: what still fails is a failure, what cannot be judged an error', t => {
  const xml = replayedJunit(all);
  t.regex(xml, /tests="3" failures="1" errors="1"/);
  t.regex(
    xml,
    /name="foulweather\/reproducers\/fails\.ts"><failure message="When a connection is closed, &lt;the/,
  );
  t.regex(xml, /<testcase [^>]+fixed\.ts"\/>/);
  t.regex(xml, /<error message="Fault 1 hit nothing\." type="wedged-client">/);
});

test('annotations on GitHub', t => {
  t.deepEqual(
    replayedAnnotations(all)
      .trim()
      .split('\n')
      .map(line => line.split('::')[1]),
    [
      'error title=Still fails%3A foulweather/reproducers/fails.ts',
      'notice title=Fixed%3A foulweather/reproducers/fixed.ts',
      'warning title=Inconclusive%3A foulweather/reproducers/undecided.ts',
    ],
  );
});
