// Instrumentations that patch what is imported ask a register of import-in-the-middle, which the loader hook fills. One that a
// variant brings, or that lies deeper in the project, has a copy of that package beside it, of whose register the hook
// knows nothing: all of them are given ours.
import {createRequire, register, registerHooks} from 'node:module';
import {pathToFileURL} from 'node:url';

const instrumentation = '@opentelemetry/instrumentation';
const inTheMiddle = 'import-in-the-middle';

/** Before the instrumentations are loaded. */
export const hookImports = (): void => {
  const require = createRequire(import.meta.url);
  const url = pathToFileURL(createRequire(require.resolve(instrumentation)).resolve(inTheMiddle)).href;
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === inTheMiddle ? {url, shortCircuit: true} : nextResolve(specifier, context),
  });
  register(`${instrumentation}/hook.mjs`, import.meta.url);
};
