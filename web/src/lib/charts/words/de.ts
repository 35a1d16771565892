// The texts of the charts in German; the glossary stands in `messages/de.ts`.

import { list, type Translation } from '../../messages/catalogue.ts';
import { numbers } from '../number.ts';
import type { Words } from '../words.ts';
import { tooFew } from './too-few/de.ts';

const { number, percent } = numbers(',', '.');

function counted(count: number, one: string, many: string): string {
  return `${number(count, 1)} ${count === 1 ? one : many}`;
}

const items = (count: number) => counted(count, 'Vorgang', 'Vorgänge');
/** After “von”. */
const ofItems = (count: number) => counted(count, 'Vorgang', 'Vorgängen');
const days = (count: number) => counted(count, 'Tag', 'Tage');
const was = (count: number) => (count === 1 ? 'war' : 'waren');
const became = (count: number) => (count === 1 ? 'wurde' : 'wurden');

/** Periods by the name that the data have: counted, and “a week”. */
const PERIODS: Record<string, readonly [string, string, string]> = {
  day: ['Tag', 'Tagen', 'am Tag'],
  week: ['Woche', 'Wochen', 'in der Woche'],
  month: ['Monat', 'Monaten', 'im Monat'],
};

export const german = {
  number,
  percent,
  months: list(
    'Jan.',
    'Feb.',
    'März',
    'Apr.',
    'Mai',
    'Juni',
    'Juli',
    'Aug.',
    'Sept.',
    'Okt.',
    'Nov.',
    'Dez.',
  ),
  ofMonth: (day: number) => `${day}.`,
  today: 'heute',
  items,
  days,
  perDay: (value: number) => `${number(value)} d`,
  none: 'nichts zu zeigen',
  week: 'Woche',
  day: 'Tag',
  weekOf: (day: string) => `Woche vom ${day}`,
  notOver: 'noch nicht vorbei',
  mean: (value: number) => `Mittel ${number(value)}`,
  share: 'Anteil',
  stage: 'Phase',
  category: 'Kategorie',
  item: 'Vorgang',
  title: 'Titel',
  workTypes: {
    feature: 'Features',
    defect: 'Fehler',
    debt: 'Technische Schulden',
    risk: 'Risiken',
    unmapped: 'Nicht zugeordnet',
  },
  percentile: (percentage: number) => `${percentage} %`,
  percentileDays: (percentage: number, value: number) => `${percentage} % in ${number(value)} d`,
  tooFew,

  throughput: {
    question: 'Wie viel wird fertig?',
    unit: {
      day: 'Fertige Vorgänge am Tag',
      week: 'Fertige Vorgänge in der Woche',
      month: 'Fertige Vorgänge im Monat',
    },
    columns: list('Periode', 'fertig', 'begonnen', 'verworfen', 'angelegt'),
    finished: (count: number) => `${items(count)} fertig`,
    started: (count: number) => `${number(count)} begonnen`,
    cancelled: (count: number) => `${number(count)} unfertig verworfen`,
    startedKey: 'begonnen',
    finishedKey: 'fertig',
    partialKey: 'noch nicht vorbei',
    summary: (total: number, periods: number, bucket: string, mean: string) => {
      const [one, many, each] = PERIODS[bucket] ?? [bucket, bucket, bucket];
      return `${items(total)} ${became(total)} in ${counted(periods, one, many)} fertig${mean === '' ? '' : `, ${mean} ${each}`}.`;
    },
  },
  cycleTime: {
    question: 'Wie lange brauchen Vorgänge?',
    unit: 'Tage vom Beginn bis zum Ende, nach dem Tag des Endes',
    logUnit:
      'Tage vom Beginn bis zum Ende, nach dem Tag des Endes (jede Stufe aufwärts ist mindestens das Doppelte)',
    columns: list('Vorgang', 'Titel', 'fertig', 'Tage'),
    point: (finished: string) => `fertig am ${finished}`,
    sle: (percentage: number, value: number) => `erwartet: ${percentage} % in ${value} d`,
    thinned: (shown: number, all: number) =>
      `${number(shown)} von ${ofItems(all)} gezeichnet, die langsamsten immer dabei.`,
    summary: (n: number, half: string, most: string) =>
      n === 0
        ? 'Kein Vorgang mit bekanntem Beginn wurde fertig.'
        : `${items(n)}: Die Hälfte brauchte höchstens ${half}, 85 % höchstens ${most}.`,
  },
  histogram: {
    question: 'Wie verteilen sich die Durchlaufzeiten?',
    unit: 'Vorgänge nach Tagen vom Beginn bis zum Ende',
    columns: list('Tage', 'Vorgänge'),
    bin: (label: string) => `${label} ${label === '1' ? 'Tag' : 'Tage'}`,
    orMore: (value: number) => `${value} oder mehr`,
    summary: (n: number, mode: string) => `${items(n)}; die häufigste Durchlaufzeit ist ${mode}.`,
  },
  aging: {
    question: 'Was wird alt, und wo?',
    unit: 'Alter in Tagen nach Phase; die Bänder zeigen, in welchem Alter frühere Vorgänge die Phase verlassen hatten',
    columns: list('Vorgang', 'Titel', 'Phase', 'Alter in Tagen', 'Tage in der Phase', 'Stand'),
    age: (value: number) => `${days(value)} alt`,
    inStage: (value: number, stage: string) => `${days(value)} in ${stage}`,
    blocked: 'blockiert',
    stalled: 'steht still',
    moving: 'in Arbeit',
    sle: (value: number) => `erwartet ${value} d`,
    band: (percentage: number) => `${percentage} % waren weiter`,
    limited: (shown: number, all: number) =>
      `${number(shown)} von ${ofItems(all)} gezeichnet, die ältesten zuerst.`,
    summary: (count: number, oldest: string, blocked: number) =>
      count === 0
        ? 'Nichts ist in Arbeit.'
        : `${items(count)} in Arbeit, der älteste ${oldest} alt, ${number(blocked)} blockiert.`,
  },
  cumulativeFlow: {
    question: 'Fließt die Arbeit durch, oder staut sie sich?',
    unit: (day: string) => `Vorgänge, die jede Phase erreicht haben; gezählt ab den am ${day} fertigen`,
    column: 'Tag',
    inStage: (stage: string, count: number) => `${stage}: ${number(count)}`,
    distance: (value: string) => `ungefähre Durchlaufzeit ${value}`,
    debt: (value: string) => `Flussschuld ${value}`,
    summary: (from: number, to: number) =>
      `Zwischen der ersten und der letzten Phase ${was(from)} anfangs ${items(from)}, am Ende ${number(to)}.`,
  },
  wip: {
    question: 'Wie viel ist in Arbeit?',
    unit: 'Vorgänge in Arbeit am Ende jedes Tages',
    columns: list('Tag', 'in Arbeit'),
    limit: (value: number) => `Grenze ${value}`,
    inProgress: (count: number) => `${items(count)} in Arbeit`,
    summary: (last: number, least: number, most: number) =>
      `${items(last)} in Arbeit am Ende; im Zeitraum zwischen ${number(least)} und ${number(most)}.`,
  },
  totalAge: {
    question: 'Wächst das Alter der Arbeit?',
    unit: 'Tage Alter, summiert über alle Vorgänge in Arbeit',
    columns: list('Tag', 'Gesamtalter in Tagen'),
    age: (value: number) => `${days(value)} Alter in Arbeit`,
    summary: (first: number, last: number) =>
      `Das Gesamtalter ging von ${counted(first, 'Tag', 'Tagen')} auf ${days(last)}.`,
  },
  efficiency: {
    question: 'Wohin geht die Zeit?',
    unit: 'Tage, die im Zeitraum fertige Vorgänge in jeder Phase waren',
    columns: list(
      'Phase',
      'Kategorie',
      'Tage',
      'Anteil',
      'Hälfte innerhalb von Tagen',
      '85 % innerhalb von Tagen',
    ),
    active: 'Arbeit',
    waiting: 'Warten',
    label: (share: number, value: number) => `${percent(share)} · ${number(value, 0)} d`,
    notConfigured:
      'Noch ist keine Phase als wartend gekennzeichnet, also lassen sich Arbeit und Warten nicht unterscheiden.',
    noData: 'In diesem Zeitraum wurde kein Vorgang fertig.',
    summary: (ratio: number, n: number) =>
      `Höchstens ${percent(ratio)} der Zeit von ${ofItems(n)} war in Phasen der Arbeit: Nächte und andere Arbeit zählen mit.`,
  },
  blockers: {
    question: 'Was blockiert die Arbeit?',
    unit: 'Blockierte Tage, nach Ursache',
    columns: list('Ursache', 'Tage', 'Vorgänge', 'Teams'),
    link: 'Wartet auf einen anderen Vorgang',
    label: (value: number, count: number) => `${number(value, 1)} d · ${items(count)}`,
    teams: (count: number) => counted(count, 'Team', 'Teams'),
    summary: (value: number, count: number, of: number, worst: string) =>
      count === 0
        ? 'Nichts war blockiert.'
        : `${number(count)} von ${ofItems(of)} ${was(count)} zusammen ${days(value)} blockiert, am meisten durch: ${worst}.`,
  },
  distribution: {
    question: 'Welche Art von Arbeit wird fertig?',
    unit: 'Anteil der im Monat fertigen Vorgänge, nach Art',
    column: 'Monat',
    total: (count: number) => items(count),
    line: (type: string, count: number, share: string) => `${type}: ${number(count)} (${share})`,
    summary: (total: number, largest: string, share: string) =>
      `${items(total)}; der größte Teil: ${largest} mit ${share}.`,
  },
  behaviour: {
    question: 'Ist das eine Veränderung oder übliche Schwankung?',
    unit: {
      throughput: 'Fertige Vorgänge in der Woche',
      cycle_time: 'Tage vom Beginn bis zum Ende, Vorgänge in der Reihenfolge des Endes',
      wip: 'Vorgänge in Arbeit, Mittel der Woche',
    },
    columns: list('Tag', 'Wert', 'Mitte', 'untere Grenze', 'obere Grenze', 'Hinweise'),
    upper: (value: string) => `obere Grenze ${value}`,
    lower: (value: string) => `untere Grenze ${value}`,
    centre: (value: string) => `Mitte ${value}`,
    rules: {
      outside: 'außerhalb der Grenzen',
      two_of_three: 'zwei von dreien weit von der Mitte',
      four_of_five: 'vier von fünfen auf einer Seite, abseits der Mitte',
      eight_in_a_row: 'acht hintereinander auf einer Seite',
      moving_range: 'ein größerer Sprung als üblich',
    },
    outsideKey: 'außerhalb der Grenzen',
    runKey: 'Teil einer Folge',
    partialKey: 'noch nicht vorbei, nicht beurteilt',
    summary: (points: number, signals: number, shifts: number) =>
      signals === 0
        ? `${counted(points, 'Punkt', 'Punkte')}, keiner außerhalb üblicher Schwankung.`
        : `${counted(points, 'Punkt', 'Punkte')}, ${number(signals)} mit einem Hinweis, ${counted(shifts, 'Verschiebung', 'Verschiebungen')} der Grenzen.`,
  },
  forecast: {
    when: 'Wann ist es fertig?',
    howMany: 'Wie viele werden fertig?',
    whenUnit: 'Wahrscheinlichkeit, bis zu jedem Tag fertig zu sein',
    howManyUnit: 'Wahrscheinlichkeit, mindestens so viele Vorgänge fertigzustellen',
    columns: list('sicher mit', 'Antwort', 'traf zu', 'von früheren Prüfungen'),
    held: (count: number, of: number) => `traf früher ${number(count)} von ${number(of)} Mal zu`,
    unchecked: 'noch nicht geprüft',
    by: (day: string) => `bis ${day}`,
    orMore: (count: number) => `${items(count)} oder mehr`,
    target: (share: string, day: string) => `${share} bis ${day}`,
    chance: (share: string) => `${share} der Durchgänge`,
    summaryWhen: (remaining: string, day: string) =>
      `Bis ${day} sind ${remaining} mit 85 % Wahrscheinlichkeit fertig.`,
    summaryHowMany: (count: string) => `${count} oder mehr werden mit 85 % Wahrscheinlichkeit fertig.`,
    left: (count: number) => items(count),
  },
  burnUp: {
    question: 'Wie trifft das Fertige auf den Umfang?',
    unit: 'Vorgänge',
    columns: list('Tag', 'Umfang', 'fertig'),
    scope: (count: number) => `Umfang ${number(count)}`,
    done: (count: number) => `fertig ${number(count)}`,
    claim: (percentage: number, day: string) => `${percentage} % bis ${day}`,
    summary: (done: number, scope: number) =>
      `${number(done)} von ${ofItems(scope)} ${done === 1 ? 'ist' : 'sind'} fertig.`,
  },
  burnDown: {
    question: 'Was ist in dieser Iteration noch offen?',
    unit: {
      items: 'Offene Vorgänge am Ende jedes Tages',
      estimate: 'Offene Schätzung am Ende jedes Tages',
    },
    columns: list('Tag', 'offen', 'Umfang'),
    left: (value: number) => `${number(value)} offen`,
    scope: (value: number) => `Umfang ${number(value)}`,
    even: 'ein gleichmäßiges Tempo',
    summary: (first: string, last: string) => `${first} zu Beginn, ${last} offen am Ende.`,
  },
  calibration: {
    question: 'Trafen unsere Prognosen zu?',
    unit: 'Anteil früherer Prüfungen, in denen die Aussage zutraf; Striche zeigen die Aussage',
    columns: list('Tage voraus', 'Aussage', 'traf zu', 'von Prüfungen', 'einfaches Verfahren traf zu'),
    horizon: (value: number) => `${value} Tage voraus`,
    claim: (percentage: number) => `ausgesagt ${percentage} %`,
    held: (share: string, count: number, of: number) =>
      `traf zu ${share} (${number(count)} von ${number(of)})`,
    plain: (share: string) => `einfaches Verfahren ${share}`,
    claimKey: 'was ausgesagt wurde',
    heldKey: 'was zutraf, mit seiner Spanne',
    plainKey: 'einfaches Verfahren',
    summary: (share: string, value: number) =>
      `Die Aussage mit 85 % traf in ${share} der früheren Prüfungen ${value} Tage voraus zu.`,
  },
  delivery: {
    deployments: 'Wie oft wird ausgeliefert?',
    failures: 'Wie oft schlägt ein Deployment fehl?',
    leadTime: 'Wie lange vom Commit bis zur Produktion?',
    deploymentsUnit: 'Deployments in der Woche',
    failuresUnit: 'Anteil der Deployments der Woche, die eine Störung auslösten',
    leadTimeUnit: 'Median der Stunden vom Commit bis zum Deployment',
    columns: list('Woche', 'Deployments', 'lösten eine Störung aus', 'Median der Vorlaufzeit in Stunden'),
    deployed: (count: number) => counted(count, 'Deployment', 'Deployments'),
    failed: (count: number) => `${number(count)} mit Störung`,
    hours: (value: number) => (value < 24 ? `${number(value)} h` : `${number(value / 24)} d`),
    summary: (deployments: number, failures: number, weeks: number) =>
      `${counted(deployments, 'Deployment', 'Deployments')} in ${counted(weeks, 'Woche', 'Wochen')}, ${number(failures)} mit Störung.`,
  },
  iterations: {
    question: 'Hält der Plan?',
    unit: 'Schätzung nach Iteration',
    itemsUnit: 'Vorgänge nach Iteration',
    columns: list('Iteration', 'zugesagt', 'hinzugekommen', 'entfernt', 'fertig'),
    committed: (value: number) => `${number(value)} zugesagt`,
    added: (value: number) => `${number(value)} hinzugekommen`,
    removed: (value: number) => `${number(value)} entfernt`,
    completed: (value: number) => `${number(value)} fertig`,
    committedKey: 'zugesagt',
    addedKey: 'hinzugekommen',
    removedKey: 'entfernt',
    completedKey: 'fertig',
    open: 'noch offen',
    median: (value: number) => `Median ${number(value)}`,
    summary: (count: number, median: string) =>
      `${counted(count, 'Iteration', 'Iterationen')}${median === '' ? '' : `, fertige Schätzung ${median}`}.`,
  },
  timeToMarket: {
    question: 'Wie lange von der Idee bis zur Produktion?',
    unit: 'Tage in jeder Phase: die Hälfte im dunklen Balken, 85 % im hellen',
    columns: list('Phase', 'Kategorie', 'Hälfte innerhalb von Tagen', '85 % innerhalb von Tagen'),
    label: (half: number, most: number) => `${number(half)} d · ${number(most)} d`,
    whole: 'Von der Idee bis fertig',
    deployment: 'Fertig bis ausgeliefert',
    summary: (n: number, half: string, most: string) =>
      n === 0
        ? 'In diesem Zeitraum wurde kein Vorgang fertig.'
        : `${items(n)}: Die Hälfte brauchte von der Anlage bis fertig höchstens ${half}, 85 % höchstens ${most}.`,
  },
} satisfies Translation<Words>;
