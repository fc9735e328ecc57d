// The faulty connection from the subject to the target: one proxy per trial, and the address that the library gets.
import type {FaultyLink} from '../../faults/control.ts';
import {carriedBy} from '../../faults/toxics.ts';
import type {Phase} from '../../model/plan.ts';
import type {RunningInjector} from '../processes/start-injector.ts';
import type {Supervisor} from '../processes/supervisor.ts';
import {throughProxy, upstreamOf} from '../target-address.ts';

export type TrialLink = {
  readonly link: FaultyLink;
  readonly url: string;
  readonly close: () => Promise<void>;
};

export const openTrialLink = async (
  supervisor: Supervisor,
  {injector, embedded}: RunningInjector,
  targetUrl: string,
  name: string,
  phases: readonly Pick<Phase, 'faults'>[],
): Promise<TrialLink> => {
  if (!embedded) supervisor.watchProxy(injector.url, name);
  const link = await injector.createProxy(
    name,
    upstreamOf(targetUrl),
    carriedBy(phases.flatMap(({faults}) => faults)),
  );
  return {
    link,
    url: throughProxy(targetUrl, link.address),
    async close() {
      await link.remove();
      if (!embedded) supervisor.releaseProxy(injector.url, name);
    },
  };
};
