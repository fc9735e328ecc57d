// The long form of the fuzz tests beside this one. `npm run fuzz` is longer yet.
import test from 'ava';
import {fuzzes} from '../../helpers/fuzz/fuzzes.ts';
import {fuzzParts} from '../../helpers/fuzz/parts.ts';

for (const {name} of fuzzParts) test.serial(fuzzes, name, 5000, 2);
