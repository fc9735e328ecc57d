// What a language's own tools do for a program that has `requirements`.
import type {ToolOptions} from '../tool.ts';

export type Needing = {
  /** The program's, as the scenario says it. */
  readonly command: readonly string[];
  /** Where the program runs. */
  readonly folder: string;
  /** The file that lists its packages. */
  readonly file: string;
};

export type Toolchain = {
  /** Which it is, with everything that another result could depend on. @throws FoulweatherError FW_TOOLCHAIN_MISSING */
  readonly version: (scenario: string, options: ToolOptions) => Promise<string>;
  /** What the result is made of. @throws where the file cannot be read */
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
