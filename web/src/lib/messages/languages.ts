// The languages of the client, and which one speaks.

import type { Words } from '../charts/words.ts';
import type { Messages } from './index.ts';

interface Language {
  /** Its own name. */
  name: string;
  /** How Intl writes numbers and days in it: one way for everybody, so that a day is never read as another one. */
  locale: string;
  direction: 'ltr' | 'rtl';
  messages: () => Promise<Messages>;
  /** The words of the charts, which only pages that draw ask for. */
  charts: () => Promise<Words>;
}

/** A language that people can choose. */
export type Spoken = 'en' | 'de';

/** All of them, and one that nobody speaks: English from right to left, for tests of the layout. */
export type LanguageKey = Spoken | 'ar-XB';

export const languages: Record<LanguageKey, Language> = {
  en: {
    name: 'English',
    locale: 'en-GB',
    direction: 'ltr',
    messages: async () => (await import('./en.ts')).en,
    charts: async () => (await import('../charts/words/en.ts')).english,
  },
  de: {
    name: 'Deutsch',
    locale: 'de-DE',
    direction: 'ltr',
    messages: async () => (await import('./de.ts')).de,
    charts: async () => (await import('../charts/words/de.ts')).german,
  },
  'ar-XB': {
    name: 'ar-XB',
    locale: 'en-GB',
    direction: 'rtl',
    messages: async () => {
      const [{ en }, { pseudo }] = await Promise.all([import('./en.ts'), import('./pseudo.ts')]);
      return pseudo(en);
    },
    charts: async () => {
      const [{ english }, { pseudo }] = await Promise.all([
        import('../charts/words/en.ts'),
        import('./pseudo.ts'),
      ]);
      return pseudo(english);
    },
  },
};

export const spoken: readonly Spoken[] = ['en', 'de'];

interface Wishes {
  /** What the address asks for. */
  address: string | null;
  /** What the person has chosen. */
  person: string;
  /** What the browser asks for, dearest first. */
  browser: readonly string[];
}

/** The language to speak: the address before the person, the person before the browser, and English for the rest. */
export function chooseLanguage({ address, person, browser }: Wishes): LanguageKey {
  if (address !== null && Object.hasOwn(languages, address)) return address as LanguageKey;
  const wanted = [person, ...browser].map((tag) => tag.split('-')[0]);
  return wanted.map((tag) => spoken.find((it) => it === tag)).find((it) => it !== undefined) ?? 'en';
}
