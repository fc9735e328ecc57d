// The process of the telemetry receiver.
import type {FromReceiver, ToReceiver} from '../../model/receiver-protocol.ts';
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
