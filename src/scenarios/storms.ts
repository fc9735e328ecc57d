// The built-in storms by name, and how a scenario is put into one.
import type {Plan} from '../model/plan.ts';
import type {Speech} from '../model/server-errors.ts';
import {grpc} from './storms/grpc.ts';
import {http} from './storms/http.ts';
import {http2} from './storms/http2.ts';
import {quick} from './storms/quick.ts';
import {serverStorms} from './storms/servers.ts';
import {standard} from './storms/standard.ts';
import type {Storm} from './storms/storm.ts';

export const storms: readonly Storm[] = [quick, standard, http, http2, grpc, ...serverStorms];

export const stormNames: readonly string[] = storms.map(({name}) => name);

export const findStorm = (name: string): Storm | null => storms.find(storm => storm.name === name) ?? null;

/** A storm, or for each scenario the one that fits what its library speaks. */
export type StormChoice = Storm | 'auto';

export const nameOfChoice = (choice: StormChoice): string => (choice === 'auto' ? choice : choice.name);

/** The storm for what a library speaks; where there is none for that, or it is not known, the one for everything. */
export const stormFor = (speech: Speech | null): Storm =>
  storms.find(({fits}) => fits !== 'tcp' && fits === speech) ?? standard;

/**
 * The same question under other faults: the storm's phases replace the scenario's, all under its one load. Of the
 * goals only those of the whole run can stay, since the others are about phases that are gone.
 */
export const inStorm = (plan: Plan, {name, phases}: Storm): Plan => {
  const {run} = plan.goals;
  return {...plan, storm: name, phases, goals: run === undefined ? {} : {run}};
};
