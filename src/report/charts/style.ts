// Colours and patterns of the charts: Okabe and Ito's palette, and a texture or a dash for each, so that nothing is told by colour alone.
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

/** Only what the chart shows. */
export const definitions = (shown: readonly Layer[]): string =>
  `<defs>\n${shown.map(pattern).join('\n')}\n</defs>`;

export const styleSheet = `<style>
svg { --paper: #ffffff; --ink: #1f2328; --muted: #59636e; --grid: #d1d9e0; --fault: #f2e9d8; --p50: #0072b2; --p99: #d55e00; }
@media (prefers-color-scheme: dark) {
svg { --paper: #0d1117; --ink: #f0f6fc; --muted: #9198a1; --grid: #3d444d; --fault: #2d2a20; --p50: #56b4e9; --p99: #e69f00; }
}
text { font: 12px -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: var(--ink); }
.heading { font-size: 14px; font-weight: 600; }
.strong { font-weight: 600; }
.muted { fill: var(--muted); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.halo { stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
.paper { fill: var(--paper); }
.fault { fill: var(--fault); }
.grid { stroke: var(--grid); stroke-width: 1; }
.edge { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 1 3; }
.axis { stroke: var(--muted); stroke-width: 1; }
.p50, .p99 { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.p50 { stroke: var(--p50); stroke-width: 2; }
.p99 { stroke: var(--p99); stroke-width: 2; stroke-dasharray: 1 4; }
.deadline { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 8 4; }
.died { stroke: var(--ink); stroke-width: 2; }
.texture { fill: none; stroke: var(--paper); stroke-width: 1; stroke-opacity: 0.75; }
${layers.map(layer => `.fill-${layer} { fill: ${colours[layer]}; }`).join('\n')}
</style>`;
