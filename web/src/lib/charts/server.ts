// The bundle that the binary runs in a script engine without a browser: `headwayCharts.render(…)` gives an SVG text.
// Built by `npm run build:charts`.

import './bare.ts';
import { init } from './engine.ts';
import { chartNamed, chartNames } from './index.ts';
import { theme } from './theme.ts';
import type { Words } from './words.ts';
import { german } from './words/de.ts';
import { english } from './words/en.ts';

const WORDS = new Map<string, Words>([
  ['en', english],
  ['de', german],
]);

/** The words of a language; English for one that is not spoken. */
const wordsOf = (language: string): Words => WORDS.get(language) ?? english;

/** Draws the chart of this name from the API's answer as JSON. Throws an error that names what is wrong. */
export function render(
  name: string,
  dataJson: string,
  themeName: string,
  width: number,
  height: number,
  language = 'en',
): string {
  const chart = chartNamed(name);
  if (chart === undefined) throw new Error(`no chart is named ${name}; there are ${chartNames.join(', ')}`);
  const colours = theme(themeName);
  const data = JSON.parse(dataJson) as never;
  const canvas = { theme: colours, width, height, words: wordsOf(language), titled: true, annotations: [] };
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  instance.setOption(chart.option(data, canvas));
  const svg = instance.renderToSVGString();
  instance.dispose();
  return svg;
}

/** The sentence that stands for the chart where it cannot be seen, as JSON of its data gives it. */
export function summary(name: string, dataJson: string, language = 'en'): string {
  return chartNamed(name)?.summary(JSON.parse(dataJson) as never, wordsOf(language)) ?? '';
}

export { chartNames as names };
