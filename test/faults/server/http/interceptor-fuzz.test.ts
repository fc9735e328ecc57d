// No bytes whatever crash what follows HTTP/1, and none are changed but by faults: `npm run fuzz` tries it by the million.
import test from 'ava';
import {fuzzes} from '../../../helpers/fuzz/fuzzes.ts';

test(fuzzes, 'http1', 5000);
