// What a link asks of the connection around it, and what it knows of each toxic on it.

import type {Socket} from 'node:net';
import type {StreamDirection} from '../../model/proxy-witness.ts';
import type {Selected} from './selection.ts';
import type {SocketReader} from './socket-reader.ts';
import type {Stage} from './stage.ts';
import type {Toxic} from './toxic.ts';
import type {ToxicType} from './toxic-type.ts';

export type LinkHost = {
  /** What, with a toxic's name, its random decisions depend on. */
  readonly seedParts: readonly (string | number)[];
  readonly forwarded: (direction: StreamDirection, bytes: number) => void;
  readonly decided: (toxic: Toxic, isActive: boolean) => void;
  readonly acted: (toxic: Toxic) => void;
  readonly closedEarly: () => void;
  readonly reset: () => void;
  readonly sever: (direction: StreamDirection) => void;
  readonly failed: (toxic: Toxic, error: unknown) => void;
};

export type LinkEnds = {
  readonly source: Socket;
  readonly destination: Socket;
  /** Where the source is read; none: by its 'data' events. */
  readonly reader?: SocketReader;
};

/** A toxic on this link. Its stage is made when it first becomes active, and then kept for what it has counted. */
export type LinkToxic = {
  readonly toxic: Toxic;
  readonly run: NonNullable<ToxicType['run']>;
  /** Null until the toxic has been in force here. */
  candidate: Selected | null;
  stage: Stage | undefined;
  isActive: boolean;
};
