// All processes of a run: started here, watched by the guard, and stopped here.

import {statSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {getCompileCacheDir} from 'node:module';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Child, type ChildOptions} from './child.ts';
import {entries, quiet} from './entries.ts';
import type {FromGuard, ToGuard} from './guard-main.ts';

const readyLimitMs = 15_000;
const stopLimitMs = 3000;

export type SpawnOptions<From> = Omit<ChildOptions<From>, 'env'> & {readonly env?: NodeJS.ProcessEnv};

export class Supervisor {
  readonly #guard: Child<ToGuard, FromGuard>;
  readonly #children = new Set<Child<unknown, {kind: string}>>();

  readonly #environment: NodeJS.ProcessEnv;

  /** Rejects with FW_CHILD_FAILED where the guard does not start. */
  readonly guarded: Promise<unknown>;

  private constructor(guard: Child<ToGuard, FromGuard>, environment: NodeJS.ProcessEnv) {
    this.#guard = guard;
    this.#environment = environment;
    this.guarded = guard.next(['ready'], readyLimitMs);
    this.guarded.catch(() => {});
  }

  /**
   * Children may start at once: the guard's channel queues what the guard has to watch. `guarded` settles when it
   * does.
   * @param environment of every process that is not given one of its own
   */
  static start(environment: NodeJS.ProcessEnv): Supervisor {
    const guard = new Child<ToGuard, FromGuard>({
      label: 'The guard',
      file: entries.guard,
      execArgv: quiet,
      env: {...compileCache(), ...environment},
    });
    return new Supervisor(guard, environment);
  }

  spawn<To, From extends {readonly kind: string}>(options: SpawnOptions<From>): Child<To, From> {
    const child = new Child<To, From>({
      ...options,
      execArgv: [...quiet, ...(options.execArgv ?? [])],
      env: {...compileCache(), ...(options.env ?? this.#environment)},
    });
    const known = child as unknown as Child<unknown, {kind: string}>;
    this.#children.add(known);
    this.#guard.send({kind: 'watch', pid: child.pid, mark: child.mark});
    void child.exited.then(() => {
      this.#children.delete(known);
      this.#guard.send({kind: 'release', pid: child.pid});
    });
    return child;
  }

  watchProxy(url: string, name: string): void {
    this.#guard.send({kind: 'watch-proxy', url, name});
  }

  releaseProxy(url: string, name: string): void {
    this.#guard.send({kind: 'release-proxy', url, name});
  }

  /** A temporary folder of this name, which the guard removes when all processes have ended. */
  async folder(name: string): Promise<string> {
    const path = await mkdtemp(join(tempRoot(), `foulweather-${name}-`));
    this.#guard.send({kind: 'watch-folder', path});
    return path;
  }

  /** Asks one child to stop, kills it if it does not, and returns when it is gone. */
  async end<To, From extends {readonly kind: string}>(child: Child<To, From>): Promise<void> {
    await stopChild(child as unknown as Child<unknown, {kind: string}>);
  }

  /** Asks every child to stop, kills those that do not, and returns when all are gone. */
  async stop(): Promise<void> {
    await Promise.all([...this.#children].map(child => stopChild(child)));
    await stopChild(this.#guard as unknown as Child<unknown, {kind: string}>);
  }
}

/**
 * Node's compile cache for this process's own modules: the children, which load many of the same, start faster. The
 * second variable is for `subject/cache-preload`, which removes it again.
 */
const compileCache = (): NodeJS.ProcessEnv => {
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : {NODE_COMPILE_CACHE: folder, FOULWEATHER_COMPILE_CACHE: folder};
};

const stopChild = async (child: Child<unknown, {kind: string}>): Promise<void> => {
  child.send({kind: 'stop'});
  const timer = setTimeout(() => child.kill(), stopLimitMs);
  await child.exited;
  clearTimeout(timer);
};

const mayBePassed = (folder: string): boolean => {
  const above = dirname(folder);
  try {
    return (statSync(folder).mode & 0o001) !== 0 && (above === folder || mayBePassed(above));
  } catch {
    return false;
  }
};

/** The system's, unless only root may enter it, and foulweather runs as root: a server's own user could not get there. */
export const tempRoot = (): string => {
  const own = tmpdir();
  if (process.getuid?.() !== 0) return own;
  return [own, '/tmp', '/var/tmp'].find(mayBePassed) ?? own;
};
