// Where a package or a scenario lies on this machine is private: its name and file are enough. Of a file in a package
// all is kept from the package's name on, of another one its folder and name.

/** Lines of V8: `at name (place:line:column)`, `at place:line:column`, and, above an excerpt of the source, `place:line`. */
const placedLine =
  /^(\s*(?:at (?:async )?(?:.*? \()?)?)((?:file:\/\/|\/|[a-z]:[\\/]).*?)((?::\d+){1,2}\)?)$/i;

const inText =
  /(?<![\w@.-])(?:file:\/\/)?\/(?:(?:[^\s/()]+\/)*node_modules\/|(?:[^\s/()]+\/)*(?=[^\s/()]+\/[^\s/()]+\.[cm]?[jt]s\b))/g;

/** @param line of a stack or of any other text */
export const withoutMachinePath = (line: string): string => {
  const [, before, path, after] = placedLine.exec(line) ?? [];
  return path === undefined ? line.replaceAll(inText, '') : `${before}${shortPath(path)}${after}`;
};

const shortPath = (path: string): string => {
  const parts = path.replaceAll('\\', '/').split('/');
  const packageAt = parts.lastIndexOf('node_modules');
  return parts.slice(packageAt < 0 ? -2 : packageAt + 1).join('/');
};
