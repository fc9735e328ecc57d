// A chart as a block of the case study. One that cannot be drawn is told of, and costs nothing else of the report.
import type {Chart} from './charts/chart.ts';
import {type Block, code, paragraph} from './document.ts';

/** Nothing where there is nothing to draw. */
export const figure = (name: string, draw: () => Chart | null): Block[] => {
  try {
    const chart = draw();
    return chart ? [{kind: 'figure', chart}] : [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [
      paragraph('The chart ', code(name), ' could not be drawn, which changes no figure: ', code(message)),
    ];
  }
};
