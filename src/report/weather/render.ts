// The weather report in its three forms, by the names of their files.
import {escapeText, sectionToMarkdown} from '../formats/markdown.ts';
import {escapeHtml, renderSection} from '../page/html.ts';
import {plainPage} from '../page/shell.ts';
import {weatherSections, weatherTitle} from './document.ts';
import type {Weather} from './weather.ts';

export const renderWeather = (weather: Weather): {readonly [file: string]: string} => ({
  'weather.md': markdown(weather),
  'weather.html': page(weather),
  'weather.json': `${JSON.stringify(weather, null, 2)}\n`,
});

const markdown = (weather: Weather): string =>
  `${[`# ${escapeText(weatherTitle(weather))}`, ...weatherSections(weather, 'report.md').map(section => sectionToMarkdown(section))].join('\n\n')}\n`;

const page = (weather: Weather): string =>
  plainPage(
    weatherTitle(weather),
    [
      `<h1>${escapeHtml(weatherTitle(weather))}</h1>`,
      ...weatherSections(weather, 'report.html').map(renderSection),
    ].join('\n'),
  );
