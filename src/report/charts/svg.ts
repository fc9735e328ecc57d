// SVG as text: elements, escaping, and numbers with one decimal, so that the same run gives the same bytes.

export type Attributes = {readonly [name: string]: string | number};

/** One decimal is a tenth of a pixel. */
export const fixed = (value: number): string => {
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
};

export const escapeXml = (text: string): string =>
  text
    // XML does not allow control characters, not even escaped.
    .replace(/[^\P{Cc}\t\r\n]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export const element = (name: string, attributes: Attributes, ...children: readonly string[]): string => {
  const opening = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? fixed(value) : escapeXml(value)}"`,
  );
  const start = `<${name}${opening.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
};

export const label = (text: string, x: number, y: number, attributes: Attributes = {}): string =>
  element('text', {x, y, ...attributes}, escapeXml(text));

export const group = (attributes: Attributes, children: readonly string[]): string =>
  `${element('g', attributes, '\n', children.filter(child => child !== '').join('\n'), '\n')}`;

/** How wide a text will be, near enough to keep labels apart without a browser: system fonts differ by some per cent. */
export const textWidth = (text: string, fontSize: number): number =>
  [...text].reduce((sum, letter) => sum + letterWidth(letter), 0) * fontSize;

/** Cut to the pixels that there are, with a mark where something is left out. */
export const shortened = (text: string, fontSize: number, room: number): string => {
  if (textWidth(text, fontSize) <= room) return text;
  const letters = [...text];
  while (letters.length > 0 && textWidth(`${letters.join('')}…`, fontSize) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
};

/** In parts of the font size, as Helvetica and its kin have them. */
const letterWidth = (letter: string): number => {
  if (/[ijltfr.,:;'|!()\- ]/.test(letter)) return 0.31;
  return /[mwMW@%]/.test(letter) ? 0.84 : /[A-Z]/.test(letter) ? 0.68 : 0.57;
};
