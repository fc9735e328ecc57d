// Numbers in readable form, with their units; what is not known is a dash.
import type {Evidence} from '../model/finding.ts';

export const unknownFigure = '–';

type Figure = number | null | undefined;

const known = (value: Figure): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** Three significant digits at least, thousands separated, the same in every locale. */
const digits = (value: number): string => {
  const size = Math.abs(value);
  const decimals = size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
  const text = value.toFixed(decimals);
  const [whole = '0', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
};

/** `1,234`; the median of an even number of counts may end in `.5`. */
export const count = (value: Figure): string => {
  if (!known(value)) return unknownFigure;
  const whole = Math.trunc(value);
  const grouped = String(Math.abs(whole)).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = Math.round(Math.abs(value - whole) * 10);
  return `${value < 0 ? '−' : ''}${grouped}${fraction === 0 ? '' : `.${fraction}`}`;
};

/** `0.42 ms`, `12.3 ms`, `2.05 s`, `3 min 20 s`. */
export const duration = (ms: Figure): string => {
  if (!known(ms)) return unknownFigure;
  if (ms === 0) return '0 ms';
  if (ms < 999.5) return `${ms < 1 ? ms.toFixed(2) : digits(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 119.5) return `${digits(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** A planned duration, without the zeroes of a measured one: `5 s`, `1.5 s`, `300 ms`. */
export const plannedDuration = (ms: number): string =>
  ms < 1000 ? `${Number(ms.toFixed(1))} ms` : `${Number((ms / 1000).toFixed(2))} s`;

/** `98.7%`; only all is 100% and only nothing is 0%. */
export const percent = (ratio: Figure): string => {
  if (!known(ratio)) return unknownFigure;
  if (ratio === 0 || ratio === 1) return `${ratio * 100}%`;
  if (ratio > 0.9995 && ratio < 1) return '> 99.9%';
  if (ratio < 0.0005 && ratio > 0) return '< 0.1%';
  return `${(ratio * 100).toFixed(1)}%`;
};

/** `198/s`, `3.25/s`. */
export const rate = (perSecond: Figure): string =>
  known(perSecond) ? `${perSecond === 0 ? '0' : digits(perSecond)}/s` : unknownFigure;

/** A number without a unit: `1,000`, `5.20`, `0.003`. */
export const plain = (value: Figure): string => {
  if (!known(value)) return unknownFigure;
  return Number.isInteger(value) ? count(value) : digits(value);
};

/** `5.20`, `0.083`, `45.1`: how many times as much. */
export const factor = (value: Figure): string => (known(value) ? digits(value) : unknownFigure);

/** `1.00`: attempts per operation. */
export const perOperation = (ratio: Figure): string => (known(ratio) ? ratio.toFixed(2) : unknownFigure);

/** `85 µs`, `1,240 µs`. */
export const microseconds = (us: Figure): string => (known(us) ? `${digits(us)} µs` : unknownFigure);

/** `85.3 MiB`. */
export const bytes = (value: Figure): string => {
  if (!known(value)) return unknownFigure;
  if (value < 1024) return `${count(value)} B`;
  const mebibytes = value / 1024 ** 2;
  if (mebibytes < 1) return `${digits(value / 1024)} KiB`;
  return mebibytes < 1024 ? `${digits(mebibytes)} MiB` : `${digits(mebibytes / 1024)} GiB`;
};

/** `1 operation`, `2 operations`. */
export const plural = (value: number, singular: string, several = `${singular}s`): string =>
  `${count(value)} ${value === 1 ? singular : several}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[], conjunction: 'and' | 'or' = 'and'): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;

const formats: {readonly [unit in Evidence['unit']]: (value: number) => string} = {
  count,
  ms: duration,
  bytes,
  share: percent,
  ratio: factor,
};

/** `value` is the evidence's own, or its threshold. */
export const evidenceFigure = ({unit}: Evidence, value: number): string => formats[unit](value);
