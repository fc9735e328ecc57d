// Fault → toxic: our words, Toxiproxy's.
import type {Fault} from '../model/fault.ts';

/** What Toxiproxy's API takes to add a toxic. */
export type ToxicSpec = {
  readonly name: string;
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly toxicity: number;
  readonly attributes: Readonly<Record<string, number>>;
};

const bytesPerKb = 1000;

type Shape = Pick<ToxicSpec, 'type' | 'attributes'>;

/** Null for a fault that is not a toxic but the proxy's own state. */
const shapeOf = (fault: Fault): Shape | null => {
  switch (fault.kind) {
    case 'latency':
      return {type: 'latency', attributes: {latency: fault.latencyMs, jitter: fault.jitterMs}};
    case 'bandwidth':
      return {type: 'bandwidth', attributes: {rate: fault.bytesPerSecond / bytesPerKb}};
    case 'slowClose':
      return {type: 'slow_close', attributes: {delay: fault.delayMs}};
    case 'timeout':
      return {type: 'timeout', attributes: {timeout: fault.timeoutMs}};
    case 'stall':
      return {type: 'timeout', attributes: {timeout: 0}};
    case 'resetPeer':
      return {type: 'reset_peer', attributes: {timeout: fault.afterMs}};
    case 'slicer':
      return {
        type: 'slicer',
        attributes: {
          average_size: fault.averageSizeBytes,
          size_variation: fault.sizeVariationBytes,
          delay: fault.delayUs,
        },
      };
    case 'limitData':
      return {type: 'limit_data', attributes: {bytes: fault.limitBytes}};
    case 'refuse':
      return null;
  }
};

/** The name by which the injector counts the hits of a phase's fault. */
export const faultName = (phase: string, position: number, fault: Fault): string =>
  `${phase}-${position + 1}-${fault.kind}`;

export const toToxic = (name: string, fault: Fault): ToxicSpec | null => {
  const shape = shapeOf(fault);
  if (shape === null || fault.kind === 'refuse') return null;
  return {name, stream: fault.direction, toxicity: fault.probability, ...shape};
};
