// The components that know nothing of the product.

import type { Translation } from '../catalogue.ts';
import type { ui as english } from '../en/ui.ts';

export const ui = {
  close: 'Schließen',
  ctrl: 'Strg',
  dismiss: 'Ausblenden',
  cancel: 'Abbrechen',
  apply: 'Anwenden',
  save: 'Speichern',
  undo: 'Rückgängig',
  delete: 'Löschen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  more: 'Mehr',
  loadMore: 'Mehr anzeigen',
  retry: 'Noch einmal versuchen',
  all: 'Alle',
  none: 'Keine',
  sort: 'sortieren',
  messages: 'Meldungen',
  openAsPage: 'Als Seite öffnen',
  chooseFiles: 'Dateien wählen',
  orDrop: 'oder hier ablegen',
  firstDay: 'Erster Tag',
  lastDay: 'Letzter Tag',
  lastDays: (n: number) =>
    n === 365 ? 'Letztes Jahr' : n === 730 ? 'Letzte zwei Jahre' : `Letzte ${n} Tage`,
  rangeBackwards: 'Der letzte Tag liegt vor dem ersten.',
  explain: (name: string) => `Wie „${name}“ gemessen wird`,
  meanings: { good: 'Gut', watch: 'Beobachten', bad: 'Handeln', info: 'Hinweis' },
  moveUp: 'Nach oben',
  moveDown: 'Nach unten',
  moved: (name: string, position: number, of: number) => `${name} ist jetzt Nummer ${position} von ${of}`,
} satisfies Translation<typeof english>;
