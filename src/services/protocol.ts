// The messages between the parent and a service's process.
import type {ServiceName} from '../model/service.ts';

/** Given as the process's only argument, in JSON. */
export type ServiceTask = {readonly service: ServiceName; readonly folder: string};

export type ToService = {readonly kind: 'stop'};

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
  /** It had been listening, and has ended. */
  | {readonly kind: 'ended'; readonly message: string};
