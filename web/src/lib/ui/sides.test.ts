// Where lines begin at the right, start and end change sides, and left and right do not: style sheets name the former.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** What names a side of the screen. */
const PHYSICAL = [
  /\b(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b/,
  /\bborder-(?:top|bottom)-(?:left|right)-radius\b/,
  /(?:^|[\s;{"])(?:left|right)\s*:/,
  /\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b/,
  /\bstyle:(?:left|right|margin-left|margin-right|padding-left|padding-right)\b/,
  /\blinear-gradient\(to (?:left|right)\b/,
];

/** `padding: 1px 2px 3px 4px`, with another width at the left than at the right. */
const FOUR = /\b(?:margin|padding|inset|border-width)\s*:\s*\S+ (\S+) \S+ ([^\s;]+);/;

function sides(text: string): string[] {
  return text.split('\n').filter((line) => {
    const four = FOUR.exec(line);
    return PHYSICAL.some((it) => it.test(line)) || (four !== null && four[1] !== four[2]);
  });
}

/** The style of a component, and what its markup sets by itself. */
function styles(file: string): string {
  const text = readFileSync(root + file, 'utf8');
  if (file.endsWith('.css')) return text;
  const inline = [...text.matchAll(/\bstyle(?::[a-z-]+)?=(?:"[^"]*"|\{[^}]*\})/g)].map((it) => it[0]);
  return [...inline, ...[...text.matchAll(/<style>.*?<\/style>/gs)].map((it) => it[0])].join('\n');
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((it) =>
  /\.(svelte|css)$/.test(it),
);

test.each(files)('%s names no side of the screen', (file) => {
  expect(sides(styles(file))).toEqual([]);
});

test('the check sees what it looks for, and nothing else', () => {
  const wrong = [
    'margin-left: 4px;',
    'left: 0;',
    'text-align: right;',
    'padding: 1px 2px 3px 4px;',
    'style:left={x}',
  ];
  const right = [
    'margin-inline-start: 4px;',
    'padding: 1px 2px 3px 2px;',
    'text-align: end;',
    'margin: 0 auto;',
  ];
  expect(sides(wrong.join('\n'))).toEqual(wrong);
  expect(sides(right.join('\n'))).toEqual([]);
});
