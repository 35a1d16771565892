// Every language says everything that English says. The compiler holds the shape; what it does not see is held here.

import { describe, expect, test } from 'vitest';
import { german } from '../charts/words/de.ts';
import { english } from '../charts/words/en.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { chooseLanguage } from './languages.ts';
import { pseudo } from './pseudo.ts';

/** Every message with its path: a text, or how many values it takes. */
function messages(of: unknown, path = ''): [string, string | number][] {
  if (typeof of === 'string') return [[path, of]];
  if (typeof of === 'function') return [[path, of.length]];
  return Object.entries(of as object).flatMap(([name, it]) => messages(it, `${path}.${name}`));
}

const shape = (of: unknown) =>
  messages(of).map(([path, it]) => (typeof it === 'number' ? `${path}(${it})` : path));

describe.each([
  ['the client', en, de],
  ['the charts', english, german],
])('the German of %s', (_, original, translation) => {
  test('has the messages of English, with the same values', () => {
    expect(shape(translation).sort()).toEqual(shape(original).sort());
  });

  test('leaves no sentence in English', () => {
    const texts = new Map(messages(original));
    const left = messages(translation).filter(
      ([path, it]) => typeof it === 'string' && it.split(' ').length > 3 && texts.get(path) === it,
    );
    expect(left).toEqual([]);
  });

  test('has no empty text, no straight quotation mark and no exclamation mark', () => {
    const odd = messages(translation).filter(([, it]) => typeof it === 'string' && /^\s*$|"|!/.test(it));
    expect(odd).toEqual([]);
  });
});

test('the address goes before the person, the person before the browser', () => {
  const browser = ['fr-CH', 'de-CH', 'en'];
  expect(chooseLanguage({ address: 'ar-XB', person: 'en', browser })).toBe('ar-XB');
  expect(chooseLanguage({ address: 'xx', person: 'en', browser })).toBe('en');
  expect(chooseLanguage({ address: null, person: 'auto', browser })).toBe('de');
  expect(chooseLanguage({ address: 'toString', person: 'auto', browser: ['fr'] })).toBe('en');
});

test('the language of tests keeps values and shape, and every text is longer', () => {
  const odd = pseudo(en);
  expect(shape(odd).map((it) => it.replace(/\(\d\)/, ''))).toEqual(
    shape(en).map((it) => it.replace(/\(\d\)/, '')),
  );
  expect(odd.frame.search).toBe('Sééáárch');
  expect(odd.settings.units.created('PAY')).toBe('PÁÁY wáás crééáátééd');
});
