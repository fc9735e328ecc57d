// The process of the telemetry receiver: its start, and the end of what it passes on to the user's own backend.
import type {FromReceiver, RelayTarget, ToReceiver} from '../../model/receiver-protocol.ts';
import type {RunRecord} from '../../model/run.ts';
import type {Child} from './child.ts';
import {entries} from './entries.ts';
import type {Supervisor} from './supervisor.ts';

export type Receiver = {readonly url: string; readonly child: Child<ToReceiver, FromReceiver>};

export const startReceiver = async (supervisor: Supervisor, limitMs: number): Promise<Receiver> => {
  const child = supervisor.spawn<ToReceiver, FromReceiver>({
    label: 'The telemetry receiver',
    file: entries.receiver,
  });
  const {url} = await child.next(['listening'], limitMs);
  return {url, child};
};

/** What the user's backend has not taken by then is dropped. */
const relayLimitMs = 3000;

/** What was passed on to the user's backend is reported, and only waited for briefly. */
export const endRelay = async (
  {child}: Receiver,
  {endpoint}: RelayTarget,
  {id, startedAt}: RunRecord,
): Promise<NonNullable<RunRecord['relayed']>> => {
  child.send({kind: 'end-relay', run: id, startEpochMs: Date.parse(startedAt), limitMs: relayLimitMs});
  const {counts} = await child.next(['relayed'], 2 * relayLimitMs);
  return {endpoint: new URL(endpoint).origin, ...counts};
};
