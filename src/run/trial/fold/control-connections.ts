// Removes the connections of the fresh client, which took the same way as the library, from what the injector saw.
import type {ControlConnection} from '../../../model/event.ts';
import type {ConnectionRecord, InjectorLog} from '../../../model/proxy-witness.ts';
import type {InjectorSample} from '../../../model/trial.ts';

/**
 * The greatest difference between the client's and the injector's time of a connection's beginning; a port is not
 * reused that soon.
 */
const slackMs = 1000;

export const withoutControls = (
  controls: readonly ControlConnection[],
  log: InjectorLog,
  originEpochMs: number,
): InjectorLog => {
  const isControl = ({clientPort, openedMs}: ConnectionRecord): boolean =>
    controls.some(
      control =>
        control.port === clientPort && Math.abs(control.openedMs - (openedMs - originEpochMs)) <= slackMs,
    );
  return {...log, connections: log.connections.filter(record => !isControl(record))};
};

export const samplesWithout = (
  controls: readonly ControlConnection[],
  samples: readonly InjectorSample[],
): readonly InjectorSample[] =>
  controls.length === 0
    ? samples
    : samples.map(({atMs, witness}) => {
        const opened = controls.filter(({openedMs}) => openedMs <= atMs);
        const open = opened.filter(({closedMs}) => closedMs > atMs);
        return {
          atMs,
          witness: {
            ...witness,
            openedConnections: Math.max(0, witness.openedConnections - opened.length),
            openConnections: Math.max(0, witness.openConnections - open.length),
          },
        };
      });
