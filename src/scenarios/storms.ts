// The built-in storms by name, and how a scenario is put into one.
import type {Plan} from '../model/plan.ts';
import {grpc} from './storms/grpc.ts';
import {http} from './storms/http.ts';
import {quick} from './storms/quick.ts';
import {standard} from './storms/standard.ts';
import type {Storm} from './storms/storm.ts';

export const storms: readonly Storm[] = [quick, standard, http, grpc];

export const stormNames: readonly string[] = storms.map(({name}) => name);

export const findStorm = (name: string): Storm | null => storms.find(storm => storm.name === name) ?? null;

/**
 * The same question under other faults: the storm's phases replace the scenario's, all under its one load. Of the
 * goals only those of the whole run can stay, since the others are about phases that are gone.
 */
export const inStorm = (plan: Plan, {name, phases}: Storm): Plan => {
  const {run} = plan.goals;
  return {...plan, storm: name, phases, goals: run === undefined ? {} : {run}};
};
