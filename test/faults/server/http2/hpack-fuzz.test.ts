// Header blocks of any kind: `npm run fuzz` tries them by the million.
import test from 'ava';
import {fuzzes} from '../../../helpers/fuzz/fuzzes.ts';

test(fuzzes, 'hpack', 5000, 1);
