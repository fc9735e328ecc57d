// The compile cache that the harness set for this process is on by now, and is no part of the user's environment:
// processes that the library or the scenario starts must not inherit it. Imported before everything else.
const {FOULWEATHER_COMPILE_CACHE: own, NODE_COMPILE_CACHE: present} = process.env;

if (own !== undefined) {
  if (present === own) delete process.env['NODE_COMPILE_CACHE'];
  delete process.env['FOULWEATHER_COMPILE_CACHE'];
}
