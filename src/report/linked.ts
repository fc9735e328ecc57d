// Addresses within a text become links.
import type {Span, Text} from './document.ts';

/** Without what ends the sentence or closes the bracket that it stands in. */
const address = /https?:\/\/[^\s()<>]*[^\s()<>.,;:!?]/g;

export const linked = (text: string): Text => {
  const spans: Span[] = [];
  let from = 0;
  for (const {0: url, index} of text.matchAll(address)) {
    if (index > from) spans.push(text.slice(from, index));
    spans.push({link: url, url});
    from = index + url.length;
  }
  return from < text.length ? [...spans, text.slice(from)] : spans;
};
