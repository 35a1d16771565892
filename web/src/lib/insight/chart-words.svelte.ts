// The words of the charts in the language in use. They come with the first page that draws.

import type { Words } from '#lib/charts/words.ts';
import { language } from '#lib/messages/index.ts';
import { languages } from '#lib/messages/languages.ts';

let loaded = $state.raw<Words>();

void languages[language].charts().then((words) => (loaded = words));

/** The words, once they are there. */
export function chartWords(): Words | undefined {
  return loaded;
}
