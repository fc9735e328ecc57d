// The pack: a scenario for each of the libraries that people use, and for what happens inside of some of them.

export type PackEntry = {
  readonly name: string;
  readonly summary: string;
  /**
   * `library`: the library as a whole, a row of the weather report. `inside`: one thing that it does, such as
   * authentication, under faults of the scenario's own.
   */
  readonly kind: 'library' | 'inside';
  /** Whether it speaks HTTP/1.1 without TLS, so that the storm `http` fits it. */
  readonly speaksHttp: boolean;
};

const library = (name: string, summary: string): PackEntry => ({
  name,
  summary,
  kind: 'library',
  speaksHttp: false,
});
const httpLibrary = (name: string, summary: string): PackEntry => ({
  ...library(name, summary),
  speaksHttp: true,
});
const inside = (name: string, summary: string): PackEntry => ({...library(name, summary), kind: 'inside'});

export const pack: readonly PackEntry[] = [];

/** The scenarios of libraries, which make the rows of the weather report. */
export const packLibraries: readonly PackEntry[] = pack.filter(({kind}) => kind === 'library');
