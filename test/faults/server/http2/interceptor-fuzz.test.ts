// No bytes whatever crash what follows HTTP/2, and none are changed but by faults: `npm run fuzz` tries it by the million.
import test from 'ava';
import {fuzzes} from '../../../helpers/fuzz/fuzzes.ts';

test(fuzzes, 'http2', 5000, 1);
test(fuzzes, 'http2-beside-faults', 2000, 1);
