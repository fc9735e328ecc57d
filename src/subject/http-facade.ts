// Which copy of undici is behind `fetch` and `request`: the first copy that loads puts its dispatcher in a global
// place, and later ones use that. `import 'node:http'`, which the SDK does, reads all exports of node:http, of which
// three are getters that load Node's own copy: so the package under test would run Node's code instead of its own.
// Here node:http is imported before anything else, with stand-ins for the three that load it when they are used.
import type * as Http from 'node:http';

const lazyNames = ['WebSocket', 'CloseEvent', 'MessageEvent'] as const;

type Lazy = {readonly name: (typeof lazyNames)[number]; readonly own: PropertyDescriptor};

type Class = new (...args: unknown[]) => object;

/** A proxy target whose `prototype` may be replaced. */
function Target(): void {}

/** A stand-in for a class, in all that can be done with it. */
const standIn = (load: () => Class): Class => {
  const proxy: Class = new Proxy(Target as unknown as Class, {
    construct: (_, args, newTarget) =>
      Reflect.construct(load(), args, newTarget === proxy ? load() : newTarget),
    get: (_, key) => Reflect.get(load(), key),
    has: (_, key) => Reflect.has(load(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(load()),
  });
  return proxy;
};

const http = process.getBuiltinModule('node:http') as typeof Http;

const lazies = lazyNames.flatMap((name): Lazy[] => {
  const own = Object.getOwnPropertyDescriptor(http, name);
  // A version of Node without such a getter loads nothing when it is imported.
  return own?.get && own.configurable ? [{name, own}] : [];
});

for (const {name, own} of lazies) {
  const proxy = standIn(() => own.get!.call(http) as Class);
  Object.defineProperty(http, name, {...own, get: () => proxy});
}
await import('node:http');
for (const {name, own} of lazies) Object.defineProperty(http, name, own);
