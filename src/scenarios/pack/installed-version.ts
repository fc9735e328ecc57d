// The version of a package that stands for a server, for the report.
import {createRequire} from 'node:module';

const require = createRequire(import.meta.url);

/** `aedes 1.2.0`, or the name alone where the package has no version to read. */
export const withVersion = (packageName: string): string => {
  try {
    const {version} = require(`${packageName}/package.json`) as {readonly version: string};
    return `${packageName} ${version}`;
  } catch {
    return packageName;
  }
};
