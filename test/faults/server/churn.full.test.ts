// The long form of churn.test.ts: what one connection in thousands leaves behind shows here.
import test from 'ava';
import {leavesNothing} from '../../helpers/connection-churn.ts';

test('after 10,000 connections sockets and timers are back to where they were', leavesNothing, 10_000);
