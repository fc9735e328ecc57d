// However a connection begins, all of it passes: `npm run fuzz` tries it by the million.
import test from 'ava';
import {fuzzes} from '../../helpers/fuzz/fuzzes.ts';

test(fuzzes, 'beginning', 5000, 1);
