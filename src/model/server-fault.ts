// What can happen to the server itself, as plain data. Only to a real one that was started for the run.
import {type FaultOf, made, type OptionsOf} from './fault-defaults.ts';

/** Made by `serverStop()`. */
export type ServerStopFault = FaultOf<'serverStop'>;
/** Made by `serverKill()`. */
export type ServerKillFault = FaultOf<'serverKill'>;
/** Made by `serverPause()`. */
export type ServerPauseFault = FaultOf<'serverPause'>;

export type AnyServerFault = ServerStopFault | ServerKillFault | ServerPauseFault;

/**
 * `leaving`: it is asked to stop, killed or paused · `away`: it has ended, or stands still · `returning`: it is started, or
 * goes on · `back`: it is ready for clients.
 */
export type ServerChange = 'leaving' | 'away' | 'returning' | 'back';

const kinds: ReadonlySet<string> = new Set<AnyServerFault['kind']>([
  'serverStop',
  'serverKill',
  'serverPause',
]);

export const isServerFault = (fault: {readonly kind: string}): fault is AnyServerFault =>
  kinds.has(fault.kind);

/**
 * Stops the server in its own way, as for an update: it may say goodbye to its clients. At the end of the fault it is started
 * again, on the same port and with its data; with `durationMs: 1` that is as soon as it has stopped.
 */
export const serverStop = (options: OptionsOf<'serverStop'> = {}): ServerStopFault =>
  made('serverStop', options);

/** Kills the server's processes (SIGKILL). At the end of the fault it is started again, on the same port and with its data. */
export const serverKill = (options: OptionsOf<'serverKill'> = {}): ServerKillFault =>
  made('serverKill', options);

/** Stops the server's processes where they are (SIGSTOP): connections stay open and silent. At the end of the fault they go on. */
export const serverPause = (options: OptionsOf<'serverPause'> = {}): ServerPauseFault =>
  made('serverPause', options);
