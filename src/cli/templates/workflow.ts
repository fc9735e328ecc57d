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
): string => `# This job expects in this repository:
# - foulweather, and the library that the scenario imports, in the devDependencies of package.json
#   (npm install --save-dev foulweather …);
# - a committed package-lock.json, for npm ci and for the cache of setup-node;
# - the scenario file, committed, with its path below relative to the repository root.
# To test a library in its own repository, let the scenario import the working copy.
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
${debianPackage === null ? '' : `      - run: sudo apt-get update && sudo apt-get install --yes ${debianPackage}\n`}      # Exit code 0: goals met. 1: goals missed. 2: inconclusive, which proves nothing either way.
      - run: npx foulweather run ${scenario} --out reliability --reporter github --reporter junit=reliability/junit.xml
      # Fails as long as any reproducer that \`npx foulweather explore\` saved still fails.
      - run: npx foulweather explore --replay${scenario.endsWith(' --start-services') ? ' --start-services' : ''} --reporter github --reporter junit=reliability/replay.xml
        if: always() && hashFiles('foulweather/reproducers/*') != ''
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: reliability
          path: reliability
`;
