// Instrumentations that are registered and have patched nothing of the package that they are for: the library's
// operations have no spans, but not because of the library.
import type {Instrumentation} from '@opentelemetry/instrumentation';
import type {UnappliedInstrumentation} from '../model/loaded-code.ts';

/** What an instrumentation says that it patches, and what it has patched: its types keep this private. */
type Definition = {
  readonly name: string;
  readonly supportedVersions: readonly string[];
  readonly moduleExports?: unknown;
  readonly files?: readonly {readonly moduleExports?: unknown}[];
};

const definitionsOf = (instrumentation: Instrumentation): readonly Definition[] =>
  (instrumentation as unknown as {readonly _modules?: readonly Definition[]})._modules ?? [];

const isApplied = ({moduleExports, files = []}: Definition): boolean =>
  moduleExports !== undefined || files.some(file => file.moduleExports !== undefined);

/** @param versions of the packages that the scenario has imported, by name */
export const unappliedOf = (
  instrumentations: readonly Instrumentation[],
  versions: {readonly [name: string]: string},
): readonly UnappliedInstrumentation[] =>
  instrumentations.flatMap(instrumentation => {
    const definitions = definitionsOf(instrumentation);
    if (definitions.some(isApplied)) return [];
    const meant = definitions.find(({name}) => versions[name] !== undefined);
    if (!meant) return [];
    const {instrumentationName, instrumentationVersion} = instrumentation;
    const supports = definitions
      .filter(({name}) => name === meant.name)
      .flatMap(({supportedVersions}) => supportedVersions)
      .join(' || ');
    return [
      {
        instrumentation: `${instrumentationName} ${instrumentationVersion}`,
        package: meant.name,
        version: versions[meant.name]!,
        supports,
      },
    ];
  });
