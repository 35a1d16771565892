// The bundle for the binary, in an engine as bare as its own: no timers, no console, no Intl, no DOM.

import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import { samples } from './fixtures.ts';

const root = new URL('../../../', import.meta.url).pathname;
let code = '';

beforeAll(async () => {
  const configFile = `${root}vite.charts.config.ts`;
  const outcome = await build({ root, configFile, logLevel: 'silent', build: { write: false } });
  const [first] = Array.isArray(outcome) ? outcome : [outcome];
  const output = first !== undefined && 'output' in first ? first.output : [];
  code = output.flatMap((part) => (part.type === 'chunk' ? [part.code] : [])).join('\n');
}, 60_000);

function bare(): object {
  const context = createContext({});
  runInContext('delete globalThis.Intl; delete globalThis.WebAssembly;', context);
  runInContext(code, context);
  return context;
}

describe('in a bare engine', () => {
  test.each(Object.keys(samples))('%s becomes an SVG', (name) => {
    const context = Object.assign(bare(), {
      chart: name === 'forecast_how_many' ? 'forecast' : name,
      data: JSON.stringify(samples[name]),
    });
    const svg = String(
      runInContext('globalThis.headwayCharts.render(chart, data, "light", 720, 360)', context),
    );
    expect(svg).toMatch(/^<svg width="720" height="360"/);
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('words are those of the language that is asked for', () => {
    const context = Object.assign(bare(), { data: JSON.stringify(samples['throughput']) });
    const draw = (language: string) =>
      String(
        runInContext(
          `headwayCharts.render("throughput", data, "light", 720, 360${language})`,
          context as never,
        ),
      );
    expect(draw('')).toContain('How much is finished?');
    expect(draw(', "de"')).toContain('Wie viel wird fertig?');
    expect(draw(', "xx"')).toContain('How much is finished?');
  });

  test('a chart that does not exist is named, with those that do', () => {
    expect(() => runInContext('headwayCharts.render("pie", "{}", "light", 10, 10)', bare())).toThrow(
      /no chart is named pie; there are aging/,
    );
  });
});

test('the fonts of the pictures are those of the page', () => {
  expect(readFileSync(`${root}src/lib/ui/tokens.css`, 'utf8')).toContain("--font: 'Inter Variable', Inter");
});
