// The pages of a unit: figures, charts, filters, signals, forecasts, explanations.

import type { Translation } from '../catalogue.ts';
import type { insight as english } from '../en/insight.ts';
import { count as counted, formatNumber as number, plural } from '../format.ts';

const items = (n: number) => counted(n, 'Vorgang', 'Vorgänge');

export const insight = {
  chart: {
    showTable: 'Tabelle zeigen',
    showChart: 'Diagramm zeigen',
    keys: (question: string) =>
      `${question} Mit den Pfeiltasten gehst du von Punkt zu Punkt, mit der Eingabetaste öffnest du einen.`,
    loading: 'Lädt',
    again: 'Noch einmal versuchen',
    more: (left: number) =>
      `${counted(left, 'weitere Zeile', 'weitere Zeilen')}; lade die Daten herunter, um alle zu sehen.`,
  },
  filters: {
    workType: 'Art',
    all: 'Alle Arten',
    week: 'Nach Wochen',
    month: 'Nach Monaten',
    day: 'Nach Tagen',
    bucket: 'Perioden',
    reset: 'Zurücksetzen',
  },
  workTypes: {
    feature: 'Features',
    defect: 'Fehler',
    debt: 'Technische Schulden',
    risk: 'Risiken',
    unmapped: 'Nicht zugeordnet',
  },

  signal: {
    kinds: {
      age_beyond_sle: 'Älter als erwartet',
      slow_in_stage: 'Langsam in seiner Phase',
      blocked: 'Blockiert',
      stalled: 'Seit Tagen ist nichts geschehen',
      throughput_shift: 'Weniger Vorgänge werden fertig',
      wip_growth: 'Mehr wird begonnen als fertig',
      wip_over_limit: 'Die laufende Arbeit ist über der Grenze',
      age_growth: 'Das Alter der Arbeit wächst',
      scope_growth: 'Der Umfang wächst schneller, als er fertig wird',
      dependency_risk: 'Wartet auf ein anderes Team',
      forecast_risk: 'Ein Termin ist unwahrscheinlich',
      unpredictable: 'Prognosen trafen nicht zu',
      overcommitted_iteration: 'Mehr zugesagt, als üblicherweise fertig wird',
      stale_data: 'Keine neuen Daten',
    },
    right: (count: number, of: number) => `Richtig in ${number(count)} von ${number(of)} früheren Fällen`,
    otherwise: (count: number, of: number) =>
      `ohne Hinweis traf dasselbe in ${number(count)} von ${number(of)} ein`,
    also: 'auch',
    next: 'Nächster Schritt',
    more: (count: number) => `und ${number(count)} mehr`,
    others: (n: number) => `und ${counted(n, 'weiterer', 'weitere')}`,
    none: 'Gerade braucht nichts Aufmerksamkeit.',
    noneText:
      'Ein Hinweis erscheint hier, wenn ein Vorgang älter wird als die meisten, wenn sich Arbeit staut oder wenn ein Termin unwahrscheinlich wird, jeder mit seinen Belegen und einem nächsten Schritt.',
    all: (count: number) => `Alle ${number(count)} Hinweise`,
    truncated:
      'Es wurden mehr Hinweise gefunden, als gezeigt werden. Sieh dir ein einzelnes Team an, um alle seine zu sehen.',
  },

  explain: {
    open: (what: string) => `Wie „${what}“ gemessen wird`,
    eyebrow: 'Wie das gemessen wird',
    inputs: 'Was einging',
    items: 'Vorgänge dahinter',
    itemsShown: (shown: number, all: number) =>
      shown < all
        ? `Die ersten ${number(shown)} von ${counted(all, 'Vorgang', 'Vorgängen')}.`
        : `${items(all)}.`,
    noItems: 'Dahinter stehen keine Vorgänge.',
    definition: 'Definition',
    failed: 'Die Erklärung konnte nicht geladen werden',
  },
  change: {
    same: 'Wie im Zeitraum davor',
    up: (percent: string) => `${percent} mehr als im Zeitraum davor`,
    down: (percent: string) => `${percent} weniger als im Zeitraum davor`,
  },

  figures: 'Kennzahlen',
  neverStarted: (count: number, of: number) =>
    `${number(count)} von ${counted(of, 'fertigen Vorgang', 'fertigen Vorgängen')} ${plural(count, 'war', 'waren')} nie in Arbeit: Im Durchsatz zählen sie mit, in Durchlaufzeiten nicht.`,
  attention: 'Was Aufmerksamkeit braucht',
  aging: 'Was wird alt, und wo?',
  forecastStrip: {
    heading: 'Prognose',
    until: 'Wie viele Vorgänge bis',
    howMany: (count: number) => `${number(count)} oder mehr`,
    when: 'Wann sind so viele fertig',
    by: (day: string) => `bis ${day}`,
    sure: (percent: number) => `${percent} %`,
    more: 'Mehr in der Prognose',
  },
  held: (count: number, of: number) => `traf in ${number(count)} von ${number(of)} früheren Prüfungen zu`,
  unchecked: 'noch nicht an der Vergangenheit geprüft',

  forecast: {
    question: 'Frage',
    when: 'Wann?',
    whenDone: (count: number) => `Wann ${plural(count, 'ist', 'sind')} ${items(count)} fertig?`,
    howManyDone: (day: string) => `Wie viele Vorgänge sind bis ${day} fertig?`,
    howMany: 'Wie viele?',
    what: 'Wovon',
    count: 'Eine Anzahl von Vorgängen',
    matching: 'Offene Vorgänge mit einem Label oder übergeordneten Vorgang',
    countLabel: 'Offene Vorgänge',
    matchingLabel: 'Label oder übergeordneter Vorgang',
    until: 'Bis',
    target: 'Zieltag (wenn gewünscht)',
    split: 'Vorgänge können sich teilen',
    splitLow: 'In mindestens',
    splitHigh: 'In höchstens',
    splitHint:
      'Wie viele Vorgänge aus einem heutigen werden, bis er fertig ist; 1 heißt, dass sich keiner teilt.',
    run: 'Prognose rechnen',
    targetWord: 'Aussicht auf den Zieltag',
    method: 'Wie sie entstanden ist',
    teams: 'Teams in dieser Prognose',
    team: 'Team',
    left: 'Offene Vorgänge',
    day85: 'Fertig mit 85 %',
    last: 'Zuletzt fertig',
    lastHint: 'Anteil der Durchgänge, in denen dieses Team das letzte war',
    better: (percent: string) =>
      `Frühere Prognosen lagen um ${percent} weniger daneben als die des einfachen Verfahrens.`,
    worse: (percent: string) =>
      `Frühere Prognosen lagen um ${percent} mehr daneben als die des einfachen Verfahrens.`,
    calibration: 'Trafen unsere Prognosen zu?',
    seed: (seed: number, trials: number) =>
      `Startwert ${seed}, ${number(trials)} Durchgänge; gleicher Startwert und gleiche Daten geben die gleiche Antwort.`,
    burnUp: 'Umfang und Fertiges',
  },

  heat: {
    heading: 'Teams',
    caption: 'Teams nach Maß: die Veränderung gegen die eigene Vergangenheit jedes Teams, und Hinweise',
    hint: 'Geordnet nach nötiger Aufmerksamkeit. Jedes Team wird nur mit seiner eigenen Vergangenheit verglichen.',
    team: 'Team',
    signals: 'Hinweise',
    measures: { blocked_time: 'Gerade blockiert' },
    trends: {
      better: 'besser',
      worse: 'schlechter',
      steady: 'gleich',
    },
    bad: (count: number) => `${number(count)} zum Handeln`,
    watch: (count: number) => `${number(count)} zu beobachten`,
    quiet: 'ruhig',
    showAll: (count: number) => `Alle ${number(count)} Teams zeigen`,
    empty:
      'Unter dieser Einheit steht noch kein Team. Importiere die Arbeit eines Teams, oder verschiebe eines hierher.',
  },

  changes: {
    heading: (days: number) => `Die letzten ${days} Tage`,
    started: (count: number) => `${number(count)} begonnen`,
    delivered: (count: number) => `${number(count)} fertig`,
    created: (count: number) => `${number(count)} angelegt`,
    blocked: (count: number) => `${number(count)} neu blockiert`,
  },

  pages: {
    'cycle-time': 'Durchlaufzeit',
    wip: 'Laufende Arbeit',
    'cumulative-flow': 'Kumulativer Fluss',
    throughput: 'Durchsatz',
    behaviour: 'Verhalten',
    forecast: 'Prognose',
    'time-to-market': 'Time-to-Market',
    delivery: 'Auslieferung',
    iterations: 'Iterationen',
    signals: 'Hinweise',
    efficiency: 'Flusseffizienz',
    blockers: 'Blockaden',
    distribution: 'Verteilung',
  },
  answers: {
    team: 'Wie Arbeit hier fließt, was wann fertig wird und was Aufmerksamkeit braucht.',
    unit: 'Wo unter dieser Einheit Aufmerksamkeit nötig ist und was wann fertig wird.',
    'cycle-time':
      'Wie lange Vorgänge vom Beginn bis zum Ende brauchen, und ob das den Erwartungen entspricht.',
    wip: 'Wie viel zugleich in Arbeit ist, und wie alt es wird.',
    'cumulative-flow': 'Ob Arbeit durch alle Phasen fließt oder sich in einer staut.',
    throughput: 'Wie viele Vorgänge in jeder Periode fertig, begonnen und verworfen werden.',
    behaviour: 'Welche Veränderungen etwas bedeuten und welche übliche Schwankung sind.',
    forecast:
      'Wann eine Menge von Vorgängen fertig ist, oder wie viele bis zu einem Tag, und wie weit solche Aussagen zutrafen.',
    'time-to-market': 'Wie lange eine Idee braucht, bis sie fertig und ausgeliefert ist, Phase für Phase.',
    delivery: 'Wie oft und wie sicher Änderungen in Produktion kommen.',
    iterations: 'Was zugesagt war, was hinzukam und wegfiel, und was fertig wurde.',
    signals: 'Was Aufmerksamkeit braucht, nach Regel, mit Belegen und wie oft die Regel recht hatte.',
    efficiency: 'Wie viel der Zeit an Vorgängen gearbeitet wird, und wo sie warten.',
    blockers: 'Was die Arbeit blockiert, wie lange, und was gerade blockiert ist.',
    distribution: 'Welche Art von Arbeit fertig wird und in Arbeit ist.',
  },
  empty: {
    finished:
      'In diesem Zeitraum wurde kein Vorgang mit bekanntem Beginn fertig. Sieh dir einen längeren Zeitraum an, oder prüfe in den Teameinstellungen, welche Status bedeuten, dass die Arbeit begonnen hat.',
    throughput:
      'In diesem Zeitraum wurde kein Vorgang fertig. Sieh dir einen längeren Zeitraum oder eine andere Art an.',
    progress: 'Nichts ist in Arbeit. Ein Vorgang erscheint hier, wenn er in eine Phase der Arbeit kommt.',
    flow: 'In diesem Zeitraum gibt es keine Bewegung zwischen Phasen. Sieh dir einen längeren Zeitraum an.',
    blockers:
      'In diesem Zeitraum war nichts blockiert. Blockierte Zeit kommt aus Markierungen, Status, Labels oder Verknüpfungen; die Zuordnung sagt, aus welchen.',
    deployments:
      'Es gibt keine Deployments. Importiere ein Git-Repository oder die Releases eines Trackers, und die Maße der Auslieferung erscheinen hier.',
    iterations:
      'Es gibt keine Iterationen. Wenn die Daten des Trackers Sprints enthalten, erscheinen sie hier nach dem nächsten Import.',
    efficiency:
      'Keine Phase ist als wartend gekennzeichnet, also lassen sich Arbeit und Warten nicht unterscheiden. Kennzeichne in den Teameinstellungen die Phasen, in denen Vorgänge nur warten.',
    data: 'Für diese Einheit gibt es noch keine Daten',
    dataText: 'Importiere die Historie eines Trackers, und diese Seite beantwortet:',
    willBe: {
      watch: 'Was jetzt Aufmerksamkeit braucht, mit Belegen und einem nächsten Schritt',
      forecast: 'Was wann fertig wird, und wie oft solche Prognosen zutrafen',
      columns: 'Was alt wird, und in welcher Phase',
      scatter: 'Wie lange Vorgänge brauchen, und wo sich Arbeit staut',
    },
    import: 'Eine Historie importieren',
  },
  cycleTime: {
    sle: 'Erwartung an die Durchlaufzeit',
    sleText: (percent: number, days: number) =>
      `${percent} % der Vorgänge innerhalb von ${counted(days, 'Tag', 'Tagen')}`,
    sleSet: 'vom Team gesetzt',
    sleComputed: 'aus der Zeit vor diesem Zeitraum berechnet',
    sleHeld: (count: number, of: number) =>
      `bei ${number(count)} von ${counted(of, 'Vorgang', 'Vorgängen')} eingehalten`,
    rule: 'Wie gezählt wird',
    n: (count: number) => items(count),
  },
  efficiency: {
    ratio: 'Arbeitszeit als Anteil von Arbeits- und Wartezeit',
    bound: 'Höchstens: Nächte, Wochenenden und andere Arbeit zählen als Arbeitszeit.',
    lessBlocked: (value: string) => `${value}, wenn blockierte Zeit als Warten zählt`,
  },
  blockers: {
    now: 'Gerade blockiert',
    total: (days: string, count: number, of: number) =>
      `${days} blockierte Zeit; ${number(count)} von ${counted(of, 'Vorgang', 'Vorgängen')} ${plural(count, 'war', 'waren')} blockiert.`,
  },
  item: 'Vorgang',
  stage: 'Phase',
  age: 'Alter',
  blocked: 'blockiert',
  stalled: 'steht still',
  days: (n: number) => `${number(n)} d`,
  inStage: 'In der Phase',
  teamColumn: 'Team',
  inProgressNow: 'Gerade in Arbeit',
  delivery: {
    levels: { elite: 'Spitze', high: 'hoch', medium: 'mittel', low: 'niedrig' },
    level: (level: string, version: string) => `${level} nach den Stufen von ${version}`,
    proxy:
      'Einige Fakten sind aus Tags und dem Wortlaut von Commits erschlossen, nicht von einem Deployment-Werkzeug gesagt.',
    n: (count: number) => `aus ${number(count)}`,
  },
  iterations: {
    velocity: 'Fertig je Iteration',
    median: (value: number) => `Median ${number(value)}`,
    range: (low: string, high: string) => `70 % der Iterationen zwischen ${low} und ${high}`,
    sayDo: 'Fertig vom Zugesagten',
    sayDoText: 'über die letzten sieben abgeschlossenen Iterationen',
    current: 'Burndown',
    name: 'Iteration',
    committed: 'Zugesagt',
    added: 'Hinzugekommen',
    removed: 'Entfernt',
    completed: 'Fertig',
    remaining: 'Übertragen',
    kept: 'Gehalten',
    showAll: (count: number) => `Alle ${number(count)} Iterationen zeigen`,
  },
  behaviour: {
    measure: 'Maß',
    throughput: 'Durchsatz',
    cycle_time: 'Durchlaufzeit',
    wip: 'Laufende Arbeit',
    scale: {
      linear: 'Die Grenzen sind aus den Werten selbst berechnet.',
      log: 'Die Grenzen sind aus dem Logarithmus berechnet, weil solche Werte schief verteilt sind.',
      square_root: 'Die Grenzen sind aus der Quadratwurzel berechnet, weil dies Anzahlen sind.',
    },
  },
  timeToMarket: {
    adaptability: 'Tage von einer Änderung der Priorität bis zur Arbeit am Vorgang',
    adaptabilityN: (n: number) => `aus ${counted(n, 'Änderung', 'Änderungen')} der Priorität`,
    half: (days: string) => `die Hälfte höchstens ${days}`,
    most: (days: string) => `85 % höchstens ${days}`,
  },
  approximateCycleTime: 'Ungefähre Durchlaufzeit',
  flowDebt: 'Flussschuld',
  flowDebtHint:
    'Arbeit, die unbemerkt alt wird: der Abstand im Diagramm minus die Durchlaufzeit dessen, was fertig wurde.',
} satisfies Translation<typeof english>;
