import test from 'ava';
import {nearest} from '../../src/model/suggestions.ts';
import {defineScenario, isScenario} from '../../src/scenarios/define-scenario.ts';
import {scenarioWith} from '../helpers/trial-scenario.ts';

test('what defineScenario returns is a scenario, and a copy of it without the mark is none', t => {
  const scenario = defineScenario(scenarioWith({}));
  t.true(isScenario(scenario));
  t.false(isScenario({...scenario}));
});

for (const value of [undefined, null, 7, 'scenario', {}, () => {}]) {
  test(`${typeof value} ${String(value)} is no scenario`, t => t.false(isScenario(value)));
}

test('the mark is the same for two copies of the package', t => {
  t.true(isScenario(Object.defineProperty({}, Symbol.for('foulweather.scenario'), {value: true})));
});

const isNearest = test.macro({
  title: (_title, name: string, expected: string | null) =>
    `nearest to "${name}" is ${expected ?? 'nothing'}`,
  exec(t, name: string, expected: string | null) {
    t.is(nearest(name, ['baseline', 'stalled', 'recovery', 'run']), expected);
  },
});

test(isNearest, 'recovry', 'recovery');
test(isNearest, 'RECOVERY', 'recovery');
test(isNearest, 'base', null);
test(isNearest, 'baselin', 'baseline');
test(isNearest, 'runs', 'run');
test(isNearest, 'zzzzzzzz', null);
test(isNearest, '', null);

test('without anything known nothing is near', t => t.is(nearest('run', []), null));
