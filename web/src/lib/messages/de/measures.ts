// Measures, statistics, units and evidence: the words that figures, signals, tables and explanations share.

import { tooFew } from '../../charts/words/too-few/de.ts';
import { byName, type Translation } from '../catalogue.ts';
import type { measures as english } from '../en/measures.ts';
import { count, formatNumber } from '../format.ts';

const names = byName({
  throughput: 'Durchsatz',
  cycle_time: 'Durchlaufzeit',
  lead_time: 'Gesamtlaufzeit',
  wip: 'Laufende Arbeit',
  work_item_age: 'Ältester Vorgang',
  total_work_item_age: 'Gesamtalter',
  arrival_rate: 'Zugänge',
  cumulative_flow: 'Kumulativer Fluss',
  flow_efficiency: 'Flusseffizienz',
  blocked_time: 'Blockierte Zeit',
  flow_distribution: 'Verteilung',
  service_level_expectation: 'Erwartung an die Durchlaufzeit',
  never_started: 'Nie begonnen',
  time_to_market: 'Time-to-Market',
  adaptability: 'Anpassungsfähigkeit',
  velocity: 'Velocity',
  say_do: 'Vom Zugesagten gehalten',
  deployment_frequency: 'Deployment-Häufigkeit',
  lead_time_for_changes: 'Vorlaufzeit von Änderungen',
  change_fail_rate: 'Fehlerquote der Änderungen',
  failed_deployment_recovery_time: 'Wiederherstellungszeit',
  deployment_rework_rate: 'Nacharbeitsquote',
  process_behaviour: 'Verhalten',
  forecast: 'Prognose',
} satisfies Translation<typeof english.names>);

const units = byName<keyof Translation<typeof english.units>, (n: number) => string>({
  items: (n: number) => (n === 1 ? 'Vorgang' : 'Vorgänge'),
  items_per_week: () => 'pro Woche',
  days: (n: number) => (n === 1 ? 'Tag' : 'Tage'),
  hours: (n: number) => (n === 1 ? 'Stunde' : 'Stunden'),
  checks: (n: number) => (n === 1 ? 'Prüfung' : 'Prüfungen'),
  share: () => '%',
  percent: () => '%',
  per_week: () => 'pro Woche',
});

export const measures = {
  names,
  name: (measure: string): string => names[measure] ?? measure.replaceAll('_', ' '),
  statistics: {
    p50: 'Median',
    p70: '70. Perzentil',
    p85: '85. Perzentil',
    p95: '95. Perzentil',
    mean: 'Mittel',
    median: 'Median',
    max: 'Höchstes',
    sum: 'Summe',
    now: 'jetzt',
  },
  units,
  value: (value: number, unit: string): string => {
    if (unit === 'hours' && value >= 48) return count(value / 24, 'Tag', 'Tage');
    const shown = unit === 'share' ? value * 100 : value;
    return `${formatNumber(shown)} ${units[unit]?.(shown) ?? unit}`;
  },
  tooFew,
  inputs: {
    window: 'Zeitraum',
    today: 'Stand',
    work_type: 'Art der Arbeit',
    teams: 'Teams',
    items: 'Vorgänge',
    start: 'Die Uhr beginnt bei',
    finish: 'Die Uhr hält an bei',
    days: 'Gezählte Tage',
    zone: 'Zeitzone',
  },
  allTypes: 'Alle Arten',
  evidence: {
    age_days: 'Alter',
    expected_days: 'erwartet',
    stage_pace_days: 'üblich bis zu dieser Phase',
    blocked_days: 'blockiert seit',
    quiet_days: 'ohne Aktivität seit',
    finished: 'fertig',
    claimed_at_least: 'prognostiziert mindestens',
    arrived: 'begonnen',
    departed: 'fertig',
    excess_percent: 'Überschuss',
    wip: 'in Arbeit',
    wip_limit: 'Grenze',
    days_over_percent: 'Tage über der Grenze',
    total_age_days: 'Gesamtalter',
    total_age_before: 'früher',
    growth_percent: 'Zuwachs',
    created: 'angelegt',
    left: 'haben das Backlog verlassen',
    chance_percent: 'Wahrscheinlichkeit',
    held_percent: 'traf zu',
    checks: 'frühere Prüfungen',
    committed: 'zugesagt',
    usually_completed: 'üblicherweise fertig',
    committed_percent: 'des Üblichen',
  },
} satisfies Translation<typeof english>;
