// The first visit, and the organisation as a whole.

import { list, type Translation } from '../catalogue.ts';
import type { start as english } from '../en/start.ts';
import { count, formatNumber } from '../format.ts';

export const start = {
  first: {
    title: 'Sieh, wie eure Arbeit fließt',
    text: 'Headway liest die Historien eurer Tracker und sagt, was wann fertig wird, wie sicher das ist und was Aufmerksamkeit braucht. Nichts verlässt diesen Rechner, und kein Mensch wird gemessen.',
    sample: 'Beispielorganisation laden',
    sampleHint: 'Zwölf Teams mit zwei Jahren Historie, erfunden. Es dauert etwa eine Minute.',
    import: 'Historien importieren',
    importHint: 'Dateien aus Jira, GitHub, GitLab, Azure DevOps, Redmine, Trello, Git, oder eine Tabelle.',
    loading: 'Die Beispielorganisation entsteht',
    steps: {
      bring: {
        title: 'Eine Historie bringen',
        text: 'Ein Export eures Trackers. Das Format wird am Inhalt erkannt.',
      },
      map: {
        title: 'Sagen, was ihre Wörter bedeuten',
        text: 'Welcher Status Warten ist, welcher Arbeit, welcher fertig. Ein Vorschlag entsteht aus den Daten.',
      },
      see: {
        title: 'Sehen, bevor etwas gespeichert wird',
        text: 'Ein Probelauf zählt, was sich ändern würde. Nach dem Import bestätigst du ihn, oder du nimmst ihn genau zurück.',
      },
    },
    example: 'Was du bekommst',
    exampleTexts: list(
      'Prognosen, die zeigen, wie oft sie zutrafen',
      'Arbeit, die alt wird, nach Phasen',
      'Hinweise mit Belegen und einem nächsten Schritt',
    ),
  },
  organisation: {
    title: 'Organisation',
    answer: 'Wo in jedem Teil Aufmerksamkeit nötig ist.',
    caption: 'Die obersten Einheiten, jede mit ihren Kennzahlen',
    unit: 'Einheit',
    items: (n: number) => count(n, 'Vorgang', 'Vorgänge'),
    signals: (n: number) => (n === 0 ? 'nichts braucht Aufmerksamkeit' : `${formatNumber(n)} anzusehen`),
    noItems: 'noch keine Vorgänge',
  },
} satisfies Translation<typeof english>;
