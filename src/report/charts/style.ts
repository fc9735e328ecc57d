// Colours and patterns of the charts: Okabe and Ito's palette, and a texture or a dash for each, so that nothing
// depends on colour alone.
import type {OutcomeStatus} from '../../model/outcome.ts';

/** What a bar of outcomes is made of, from the bottom up; `dropped` operations were never started. */
export type Layer = OutcomeStatus | 'in-flight' | 'dropped';

export const layers: readonly Layer[] = [
  'ok',
  'rejected',
  'failed',
  'unknown',
  'wrong',
  'hung',
  'in-flight',
  'dropped',
];

/** Source: M. Okabe and K. Ito, Color Universal Design (2008). */
const colours: {readonly [layer in Layer]: string} = {
  ok: '#009e73',
  rejected: '#56b4e9',
  failed: '#d55e00',
  unknown: '#e69f00',
  wrong: '#cc79a7',
  hung: 'var(--ink)',
  'in-flight': 'var(--muted)',
  dropped: 'var(--muted)',
};

/** Lines drawn over the colour, in an 8 × 8 tile; `ok` is plain. */
const textures: {readonly [layer in Layer]: string} = {
  ok: '',
  rejected: 'M0 4H8',
  failed: 'M0 8L8 0M-2 2L2 -2M6 10L10 6',
  unknown: 'M2 2h2v2h-2zM6 6h2v2h-2z',
  wrong: 'M0 0L8 8M8 0L0 8',
  hung: 'M0 0L8 8M-2 6L2 10M6 -2L10 2',
  'in-flight': 'M2 0V8M6 0V8',
  dropped: 'M0 2H8M0 6H8',
};

const pattern = (layer: Layer): string => {
  const faint = layer === 'dropped' ? ' fill-opacity="0.25"' : '';
  return `<pattern id="outcome-${layer}" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="fill-${layer}" width="8" height="8"${faint}/><path class="texture" d="${textures[layer]}"/></pattern>`;
};

/** Lines and marks of up to four series: a colour, a dash (whole, dashed, dotted, both) and a filling for each. */
export const seriesNames = ['one', 'two', 'three', 'four'] as const;

export type SeriesName = (typeof seriesNames)[number];

const dashes: {readonly [name in SeriesName]: string} = {
  one: 'none',
  two: '7 5',
  three: '0.1 5',
  four: '11 5 0.1 5',
};

const seriesRules = seriesNames.flatMap(name => [
  `.chart .line.${name} { stroke: var(--${name}); stroke-dasharray: ${dashes[name]};${name === 'three' ? ' stroke-width: 2.75;' : ''} }`,
  `.chart .bar.${name} { fill: var(--${name}); fill-opacity: ${name === 'two' ? 0.35 : 0.85}; stroke: var(--${name}); stroke-width: 1.5; }`,
  `.chart .mark.${name} { fill: var(--${name}); }`,
]);

/** Only what the chart shows. */
export const definitions = (shown: readonly Layer[]): string =>
  `<defs>\n${shown.map(pattern).join('\n')}\n</defs>`;

/** The rules apply below `.chart`, so that a page may have them beside its own. */
export const chartRules = `.chart { --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #d1d9e0; --fault: #f2e9d8; --one: #0072b2; --two: #b35000; --three: #00785a; --four: #a04c80; }
@media (prefers-color-scheme: dark) {
.chart { --paper: #0d1117; --ink: #f0f6fc; --muted: #9198a1; --grid: #3d444d; --fault: #2d2a20; --one: #56b4e9; --two: #e69f00; --three: #2fbf94; --four: #e08fbd; }
}
.chart text { font: 12px -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: var(--ink); }
.chart .heading { font-size: 14px; font-weight: 600; }
.chart .strong { font-weight: 600; }
.chart .muted { fill: var(--muted); }
.chart .end { text-anchor: end; }
.chart .middle { text-anchor: middle; }
.chart .halo { stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
.chart .paper { fill: var(--paper); }
.chart .fault { fill: var(--fault); }
.chart .grid { stroke: var(--grid); stroke-width: 1; }
.chart .edge { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 1 3; }
.chart .axis { stroke: var(--muted); stroke-width: 1; }
.chart .line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.chart .deadline { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 8 4; }
.chart .died { stroke: var(--ink); stroke-width: 2; }
.chart .texture { fill: none; stroke: var(--paper); stroke-width: 1; stroke-opacity: 0.75; }
.chart .bar.operation { fill: var(--muted); fill-opacity: 0.35; stroke: var(--muted); }
.chart .bar.span { fill: var(--one); fill-opacity: 0.85; }
.chart .bar.error { fill: var(--two); fill-opacity: 0.35; stroke: var(--two); stroke-width: 2; stroke-dasharray: 3 2; }
.chart .frame { stroke: var(--paper); stroke-width: 1; fill-opacity: 0.3; fill: var(--muted); }
.chart .frame.package { fill: var(--one); }
.chart .frame.scenario, .chart .frame.application { fill: var(--two); }
.chart .frame.node { fill: var(--three); }
.chart .frame.telemetry, .chart .frame.harness { fill: var(--four); }
.chart .hatch { fill: none; stroke: var(--paper); stroke-width: 1.5; }
.chart .mark { stroke: var(--paper); stroke-width: 1; }
.chart .dot { fill: var(--ink); stroke: var(--paper); stroke-width: 1; }
.chart .fault-mark { fill: var(--two); }
.chart .attempt-mark { fill: var(--three); }
.chart .event-mark { fill: var(--one); }
.chart .log-mark { fill: var(--paper); stroke: var(--four); stroke-width: 1.5; }
.chart .log-mark.error { fill: var(--four); }
${seriesRules.join('\n')}
${layers.map(layer => `.chart .fill-${layer} { fill: ${colours[layer]}; }`).join('\n')}`;

export const styleSheet = `<style>\n${chartRules}\n</style>`;
