// What a language's own tools do for a program that has `requirements`.
import type {ToolOptions} from '../tool.ts';

/** Versions by the names of packages. */
export type Versions = {readonly [name: string]: string};

export type Needing = {
  /** The program's, as the scenario says it. */
  readonly command: readonly string[];
  /** Where the program runs. */
  readonly folder: string;
  /** The file that lists its packages. */
  readonly file: string;
  /** Packages that the file lists, in other versions than it says. */
  readonly others: Versions;
};

export type Toolchain = {
  /** Which it is, with everything that another result could depend on. @throws FoulweatherError FW_TOOLCHAIN_MISSING */
  readonly version: (scenario: string, options: ToolOptions) => Promise<string>;
  /** The names of the packages that the file lists, which can have other versions. @throws where it cannot be read */
  readonly packages: (needing: Needing) => Promise<readonly string[]>;
  /** Names that are spelled alike are of one package. */
  readonly spelling: (name: string) => string;
  /** What the result is made of, beside `others`. @throws where the file cannot be read */
  readonly state: (needing: Needing) => Promise<readonly string[]>;
  /** What a user waits for. */
  readonly doing: (needing: Needing) => string;
  /**
   * Makes the result in an empty folder, which has another place later.
   * @throws FoulweatherError FW_PACKAGE_INSTALL, FW_INTERRUPTED
   */
  readonly fill: (draft: string, needing: Needing, options: ToolOptions) => Promise<void>;
  /** What runs the program with what is in the folder. */
  readonly command: (folder: string, needing: Needing) => readonly string[];
};

/** ` with redis@5.0.0`; empty where all versions are those of the file. */
export const withOthers = (others: Versions): string => {
  const words = Object.entries(others).map(([name, version]) => `${name}@${version}`);
  return words.length === 0 ? '' : ` with ${words.join(' and ')}`;
};

/** For sources that another version does not go with. */
export const othersHint = 'The program may use something that this version does not have.';
