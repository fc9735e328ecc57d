// The messages between the parent and a service's process.
import type {ServiceName} from '../model/service.ts';

/** Given as the process's only argument, in JSON. */
export type ServiceTask = {
  readonly service: ServiceName;
  readonly folder: string;
  /** Whether its data has to outlive a restart. */
  readonly keepsData: boolean;
};

/** `stop`: it is asked to, in its own way · `kill`: all its processes are · `pause`: they stand still. */
export type WayToGo = 'stop' | 'kill' | 'pause';

export type ToService =
  | {readonly kind: 'stop'}
  /** Takes the server away, for a while. */
  | {readonly kind: 'take-away'; readonly how: WayToGo}
  /** Starts it again, on its port and with its data, or lets it go on. */
  | {readonly kind: 'bring-back'};

export type FromService =
  /** `account`: the account that it runs as, where that is not the user's own. */
  | {
      readonly kind: 'listening';
      readonly url: string;
      readonly version: string;
      readonly account: string | null;
    }
  /** This program is not there. */
  | {readonly kind: 'missing'; readonly program: string}
  | {readonly kind: 'failed'; readonly message: string}
  /** It has ended, or stands still. */
  | {readonly kind: 'away'}
  /** It is ready again. */
  | {readonly kind: 'back'}
  /** It had been listening, and has ended. */
  | {readonly kind: 'ended'; readonly message: string};
