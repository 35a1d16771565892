// The organisation of the mock server, changed in memory only.

export interface MockUnit {
  id: string;
  key: string;
  name: string;
  kind: string;
  parent_id: string | null;
  items: number;
}

const team = (name: string, parent: string): MockUnit => ({
  id: `unit-${name.toLowerCase()}`,
  key: name.toLowerCase(),
  name,
  kind: 'team',
  parent_id: parent,
  items: 612,
});

export let units: MockUnit[] = [
  { id: 'unit-acme', key: 'acme', name: 'Acme', kind: 'portfolio', parent_id: null, items: 4896 },
  {
    id: 'unit-payments',
    key: 'payments',
    name: 'Payments',
    kind: 'value_stream',
    parent_id: 'unit-acme',
    items: 3672,
  },
  { id: 'unit-cards', key: 'cards', name: 'Cards', kind: 'program', parent_id: 'unit-payments', items: 1836 },
  ...['Kestrel', 'Heron', 'Swift'].map((name) => team(name, 'unit-cards')),
  ...['Wren', 'Osprey', 'Plover'].map((name) => team(name, 'unit-payments')),
  {
    id: 'unit-platform',
    key: 'platform',
    name: 'Platform',
    kind: 'program',
    parent_id: 'unit-acme',
    items: 1224,
  },
  ...['Lark', 'Rook'].map((name) => team(name, 'unit-platform')),
  { ...team('Dove', 'unit-platform'), items: 0 },
];

/** Empties the organisation: the first visit. */
export function clear(): void {
  units = [];
}

export function refOf(key: string) {
  const unit = units.find((it) => it.key === key) ?? units[0];
  return { id: unit?.id ?? '', key: unit?.key ?? key, name: unit?.name ?? key, kind: unit?.kind ?? 'team' };
}

export function create(body: Partial<MockUnit>): MockUnit {
  const name = body.name ?? 'Unit';
  const key = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const unit = {
    id: `unit-${key}`,
    key,
    name,
    kind: body.kind ?? 'team',
    parent_id: body.parent_id ?? null,
    items: 0,
  };
  units = [...units, unit];
  return unit;
}

export function patch(key: string, body: Partial<MockUnit>): MockUnit | undefined {
  units = units.map((unit) =>
    unit.key === key
      ? {
          ...unit,
          ...body,
          parent_id: body.parent_id === undefined ? unit.parent_id : body.parent_id || null,
        }
      : unit,
  );
  return units.find((unit) => unit.key === key);
}

export function remove(key: string): void {
  units = units.filter((unit) => unit.key !== key);
}

export const workflow = {
  stages: [
    { name: 'Backlog', category: 'todo' },
    { name: 'In progress', category: 'active' },
    { name: 'In review', category: 'waiting' },
    { name: 'Testing', category: 'active' },
    { name: 'Done', category: 'done' },
    { name: "Won't do", category: 'cancelled' },
  ],
  states: ['Open', 'In Progress', 'Code Review', 'QA', 'Closed', 'Rejected'].map((state, index) => ({
    state,
    stage: ['Backlog', 'In progress', 'In review', 'Testing', 'Done', "Won't do"][index] ?? '',
  })),
  kinds: [
    { kind: 'Story', work_type: 'feature' },
    { kind: 'Bug', work_type: 'defect' },
  ],
  blocked: { flags: [], states: [], labels: ['blocked'], links: true },
  cancelled_resolutions: ["Won't Fix"],
  start: 'last',
  finish: 'last',
  zone: 'Europe/Berlin',
  workdays: [true, true, true, true, true, false, false],
  holidays: ['2026-12-25'],
  count_days: 'calendar',
  sle_percent: 85,
  sle_days: 14,
  wip_limit: 12,
  stalled_after_days: 5,
};

export const explanation = {
  measure: 'cycle_time',
  title: 'Cycle time',
  definition:
    '# Cycle time\n\nDays from the start of work on an item to its finish, **both counted**. An item that starts and finishes on one day took 1 day.\n\n## Worked example\n\n| item | started | finished | days |\n| --- | --- | --- | --- |\n| A | Mon 4 Mar | Tue 5 Mar | 2 |\n| B | Mon 4 Mar | Mon 4 Mar | 1 |\n\nItems that were never in progress are left out and counted apart.',
  figure: {
    measure: 'cycle_time',
    value: 9,
    unit: 'days',
    too_few: null,
    previous: 11,
    better: 'down',
    history: [11, 10, 12, 9, 9, 10, 8, 9, 11, 9, 8, 9],
    statistic: 'p85',
    item: null,
  },
  inputs: [
    { name: 'Window', value: '28 May to 24 November 2026' },
    { name: 'Start', value: 'last crossing into work' },
    { name: 'Finish', value: 'last crossing into done' },
    { name: 'Days', value: 'every day, Europe/Berlin' },
    { name: 'Percentile', value: 'nearest rank' },
  ],
  items: [1, 2, 3, 4].map((n) => ({
    id: `item-${n}`,
    label: `PAY-${1300 - n}`,
    title: 'Card form rejects long names',
    value: 5 + n * 2,
    unit: 'days',
  })),
  item_count: 252,
};

/** Somebody who may do everything. */
export const session = {
  state: 'signed_in',
  person: { id: 'person-ada', handle: 'ada', name: 'Ada Winter', email: 'ada@example.org' },
  rights: [
    {
      unit_id: null,
      permissions: [
        'read',
        'comment',
        'edit_work',
        'share_views',
        'manage_team',
        'manage_units',
        'import',
        'invite',
        'read_audit',
        'manage_people',
        'manage_settings',
        'administer',
        'manage_owners',
        'run_jobs',
      ],
    },
  ],
};
