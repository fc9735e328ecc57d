// A process that does not get the CPU it asks for behaves otherwise, and what a library does then is not what a test is about.
// Whoever is surprised by one run asks the machine once more: two surprises are a defect.
import type {ExecutionContext} from 'ava';

/** Teardowns belong to the whole test: `body` is to use the outer context for them, and its own for what it asserts. */
export const onceMore = async (
  t: ExecutionContext,
  body: (attempt: ExecutionContext) => Promise<void>,
): Promise<void> => {
  const first = await t.try(body);
  if (first.passed) {
    first.commit();
    return;
  }
  const reasons = first.errors.map(({stack, message, cause}) =>
    cause instanceof Error ? cause.message : message || stack?.match(/[^/]+\.test\.ts:\d+/)?.[0],
  );
  first.discard();
  t.log(`run again, after: ${reasons.join('; ').slice(0, 300)}`);
  const second = await t.try(body);
  second.commit();
};
