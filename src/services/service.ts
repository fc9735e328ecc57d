// What is known of a server: where its program is, how it is started, and how to see that it is ready.

/** Where a server is, and who asks. */
export type Address = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
};

/** What a server is given: a folder and ports of its own. */
export type Place = {
  readonly folder: string;
  /** The first one is where clients reach it. */
  readonly ports: readonly [number, number, number];
  /** Whether a fault of the run ends it: what it has acknowledged must then be there when it is started again. */
  readonly keepsData: boolean;
  /** The path of a program. */
  readonly find: (program: string) => string;
};

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export type Service = {
  /** As its makers write it. */
  readonly title: string;
  readonly program: string;
  /** Where programs are looked for before PATH; a `*` stands for the folder of a version, of which the newest counts. */
  readonly folders: readonly string[];
  readonly install: {readonly kind: 'debian' | 'npm'; readonly packageName: string};
  /** How its users get it. */
  readonly defaultUrl: string;
  /** Nothing is run as root: as root it runs as the first of these accounts that the machine has. */
  readonly accounts: readonly string[];
  /** Files of its folder, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>;
  /** Run one after the other before it starts. */
  readonly setUp?: (place: Place) => readonly Command[];
  /** They run as long as the server does; the last one is the server. */
  readonly run: (place: Place) => readonly [...Command[], Command];
  /** Its data is thrown away, so that it need not save it: SIGKILL, unless that would leave something behind. */
  readonly stopSignal: 'SIGKILL' | 'SIGQUIT';
  /** By which its operators stop it, so that it says goodbye to its clients if it ever does. */
  readonly goodbyeSignal: 'SIGTERM' | 'SIGINT' | 'SIGUSR2';
  readonly url: (port: number) => string;
  /**
   * Its version, asked by its own protocol.
   * @throws Error while it is not ready, and where it does not report one
   */
  readonly version: (address: Address) => Promise<string>;
};
