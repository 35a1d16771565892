// The texts of the client. Every visible word comes from here, in the language that was chosen at the start: only its
// catalogue is loaded, before the first page. A part of the product has a file of the same name in each language, and a
// line in the catalogue of each (`en.ts`, `de.ts`); what differs does not compile.

import type { en } from './en.ts';
import { useLocale } from './format.ts';
import { languages, type LanguageKey } from './languages.ts';

export type Messages = typeof en;

export let m: Messages;
export let language: LanguageKey = 'en';

/** Speaks this language from now on. Another one later needs another start: pages keep what they have read. */
export async function speak(chosen: LanguageKey): Promise<void> {
  const { locale, messages } = languages[chosen];
  m = await messages();
  language = chosen;
  useLocale(locale);
}
