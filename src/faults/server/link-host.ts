// What a link needs of the connection around it, and what it keeps of each toxic on it.

import type {Socket} from 'node:net';
import type {StreamDirection} from '../../model/proxy-witness.ts';
import type {Exchanges, Watch} from './exchanges.ts';
import type {Selected} from './scope.ts';
import type {SocketReader} from './socket-reader.ts';
import type {Ending, Stage} from './stage.ts';
import type {Toxic} from './toxic.ts';
import type {ToxicType} from './toxic-type.ts';

export type LinkHost = {
  /** What, with a toxic's name, its random decisions depend on. */
  readonly seedParts: readonly (string | number)[];
  /** Both directions' together. */
  readonly exchanges: Exchanges;
  /** Whether a FIN of the source is only that to the destination, and a RST of the source resets it. */
  readonly passesEnds: boolean;
  readonly forwarded: (direction: StreamDirection, bytes: number) => void;
  readonly decided: (toxic: Toxic, isActive: boolean) => void;
  readonly acted: (toxic: Toxic) => void;
  readonly closedEarly: () => void;
  /** At its moment a toxic ended the connection in this direction: nothing more passes in the other either. */
  readonly endedAtMoment: (direction: StreamDirection, ending: Ending) => void;
  /** Drops what comes in the other direction; `dropped` is called for each chunk. */
  readonly silenceOther: (direction: StreamDirection, dropped: () => void) => void;
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
  /** Offered to the toxic when that is in force here for the first time. */
  candidate: Selected | 'not-offered';
  stage: Stage | null;
  isActive: boolean;
  /** Whether its moment has come, where it has one. */
  hasCome: boolean;
  /** Null while it waits for no moment. */
  watch: Watch | null;
};
