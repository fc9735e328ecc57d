// Given to the subject's node with --import, before everything else, where a variant has packages of its own.
import {hookPackages, type PackageSet} from './package-hooks.ts';

hookPackages(JSON.parse(process.env['FOULWEATHER_PACKAGES']!) as PackageSet);
