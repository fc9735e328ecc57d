// A GitHub workflow with the reliability job: what `foulweather init --ci` writes.

/** Where GitHub looks for it. */
export const workflowFile = '.github/workflows/reliability.yml';

/**
 * @param scenario as it is given to `foulweather run`, relative to the repository's root
 * @param debianPackage the server that the scenario needs, where it needs one
 */
export const workflowTemplate = (
  scenario: string,
  debianPackage: string | null,
): string => `# What this job takes for granted, all of it in this repository:
# - package.json has foulweather, and the library that the scenario imports, among its devDependencies
#   (npm install --save-dev foulweather …);
# - the lock file that npm made of it is committed: npm ci wants it, and so does the cache of setup-node;
# - the scenario's file is committed, and its path below is seen from the repository's root.
# To try a library from its own repository, let the scenario import the working copy.
name: reliability

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  reliability:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          cache: npm
      - run: npm ci
${debianPackage === null ? '' : `      - run: sudo apt-get update && sudo apt-get install --yes ${debianPackage}\n`}      # 0: goals met. 1: a goal was missed. 2: inconclusive, which is no proof of anything.
      - run: npx foulweather run ${scenario} --out reliability --reporter github --reporter junit=reliability/junit.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: reliability
          path: reliability
`;
