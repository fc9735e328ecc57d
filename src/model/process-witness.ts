// The resources of the subject's process, as reported by itself and by the operating system, and how it ended.

/** What the subject's process reports on itself since the previous sample; CPU is cumulative. */
export type ResourceSample = {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  readonly loopDelayMaxMs: number;
  readonly loopUtilisationRatio: number;
  readonly gcMs: number;
  readonly gcCount: number;
  /** Operations that have started and not settled; this and what follows is absent in older runs. */
  readonly inFlightCount?: number;
  readonly heapTotalBytes?: number;
  /** The limit at which V8 gives up, as V8 reports it. */
  readonly heapLimitBytes?: number;
  /** Part of what is external. */
  readonly arrayBuffersBytes?: number;
  /** What keeps the event loop alive, by its kind: `TCPSocketWrap`, `Timeout`. */
  readonly activeResources?: {readonly [kind: string]: number};
  readonly gcKinds?: GcKinds;
};

/** Pauses by the kind of collection: scavenges, full ones, starts of incremental marking, weak callbacks. */
export type GcKinds = {
  readonly [kind in 'minor' | 'major' | 'incremental' | 'weak-callbacks']?: {
    readonly count: number;
    readonly ms: number;
  };
};

/** The subject's process over one whole phase. */
export type PhaseResources = {
  readonly phase: number;
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly loopDelayP50Ms: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly loopUtilisationRatio: number;
  readonly gcMs: number;
  readonly gcCount: number;
  /** Absent in older runs. */
  readonly gcKinds?: GcKinds;
  /** Connects to the target that it began, refused ones included. Absent in older runs. */
  readonly connectCount?: number;
};

/** What the operating system reports on the subject's process; null where the platform does not report it. */
export type SystemSample = {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly threadCount: number | null;
  readonly fileDescriptorCount: number | null;
  readonly socketCount: number | null;
  /** Threads by name; absent where the platform does not report them, where there are too many, and in older runs. */
  readonly threads?: readonly ThreadGroup[];
};

/** Threads of one name at one moment; those that neither run nor wait for a disk sleep. CPU is cumulative. */
export type ThreadGroup = {
  readonly name: string;
  readonly count: number;
  readonly runningCount: number;
  readonly blockedCount: number;
  readonly cpuMs: number;
};

/** How a program ended that was sent SIGTERM: one of them is null. */
export type TerminatedBy = Pick<ProcessExit, 'exitCode' | 'signal'>;

/** How the subject's process ended, as reported by the operating system. */
export type ProcessExit = {
  readonly atMs: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the harness ended it, where it did. */
  readonly killedFor: 'unresponsive' | 'interrupted' | 'lingering' | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly stderrTail: string;
};
