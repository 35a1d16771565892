// Imports of the mock server: one in each state worth looking at, moved by the steps a person takes.

import { refOf, workflow } from './organisation.ts';

const zero = {
  read: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  warned: 0,
  changes: 0,
  state_changes: 0,
  never_started: 0,
  iterations: 0,
  deployments: 0,
  commits: 0,
};

const whole = {
  ...zero,
  read: 3036,
  added: 3036,
  failed: 4,
  warned: 187,
  changes: 21_480,
  state_changes: 5124,
  never_started: 1946,
  iterations: 31,
};

const files = [
  {
    name: 'payments-issues.json.gz',
    bytes: 18_430_112,
    format: 'jira_json',
    dialect: null,
    can: ['3,036 issues with their changelog', 'Iterations and estimates', 'Links between issues'],
    cannot: ['Deployments: Jira does not hold them'],
    reason: null,
  },
  {
    name: 'incidents.csv',
    bytes: 412_008,
    format: 'change_table',
    dialect: {
      delimiter: ';',
      encoding: 'windows-1252',
      date_order: 'day_first',
      date_order_is_certain: false,
      zone: 'Europe/Berlin',
    },
    can: ['One row a change: 4,310 changes of 612 incidents'],
    cannot: ['Types: no column holds them', 'Estimates'],
    reason: null,
  },
];

const steps: Record<string, string[]> = {
  checking: ['abandon'],
  mapping: ['remap', 'dry_run', 'abandon'],
  dry_running: ['abandon'],
  ready: ['remap', 'dry_run', 'start', 'abandon'],
  running: ['pause'],
  paused: ['resume', 'roll_back'],
  review: ['approve', 'roll_back'],
};

type MockImport = ReturnType<typeof make>;

function make(id: string, tracker: string, state: string, days: number) {
  const at = new Date(Date.now() - days * 86_400_000).toISOString();
  const isStored = ['review', 'approved', 'rolled_back', 'paused', 'running'].includes(state);
  const position = state === 'running' ? 1840 : state === 'paused' ? 1200 : isStored ? 3040 : 0;
  return {
    id,
    tracker,
    unit: refOf('cards'),
    state,
    steps: steps[state] ?? [],
    created_at: at,
    updated_at: at,
    files,
    counts: isStored ? whole : zero,
    forecast: ['ready', 'running', 'paused', 'review', 'approved'].includes(state) ? whole : null,
    position,
    total: 3040,
    trouble: null as string | null,
  };
}

let imports: MockImport[] = [
  make('im-mapping', 'Payments Jira', 'mapping', 0),
  make('im-ready', 'Platform GitHub', 'ready', 0.02),
  make('im-running', 'Cards Azure DevOps', 'running', 0.05),
  make('im-review', 'Cards Jira', 'review', 1),
  make('im-approved', 'Deployments', 'approved', 40),
  make('im-rolled-back', 'Old Redmine', 'rolled_back', 60),
];

export function create(tracker: string): MockImport {
  const it = { ...make(`im-${Date.now()}`, tracker, 'mapping', 0) };
  imports = [it, ...imports];
  return it;
}

export const list = () => ({ imports, next: null });
export const find = (id: string) => imports.find((it) => it.id === id);

const after: Record<string, string> = {
  dry_run: 'ready',
  start: 'review',
  pause: 'paused',
  resume: 'review',
  approve: 'approved',
  roll_back: 'rolled_back',
  abandon: 'abandoned',
};

export function step(id: string, name: string): MockImport | undefined {
  imports = imports.map((it) =>
    it.id === id ? { ...make(id, it.tracker, after[name] ?? it.state, 0), created_at: it.created_at } : it,
  );
  return find(id);
}

export const mapping = {
  mapping: {
    stages: workflow.stages,
    states: [...workflow.states, { state: 'Reopened', stage: '' }],
    kinds: [
      { kind: 'Story', work_type: 'feature' },
      { kind: 'Bug', work_type: 'defect' },
      { kind: 'Technical debt', work_type: 'debt' },
      { kind: 'Security', work_type: 'risk' },
      { kind: 'Sub-task', work_type: 'unmapped' },
    ],
    groups: [
      { group: 'Card payments', new_team: 'Card payments', skip: false },
      { group: 'Refunds', team: 'heron', skip: false },
      { group: 'Sandbox', skip: true },
    ],
    blocked: { flags: [], states: [], labels: ['blocked'], links: true },
    cancelled_resolutions: ["Won't Fix", 'Duplicate'],
  },
  states: [
    { state: 'Open', items: 412, entries: 96, hint: 'todo' },
    { state: 'In Progress', items: 38, entries: 1904, hint: 'active' },
    { state: 'Code Review', items: 12, entries: 1611, hint: null },
    { state: 'QA', items: 9, entries: 1203, hint: null },
    { state: 'Closed', items: 2498, entries: 2610, hint: 'done' },
    { state: 'Rejected', items: 61, entries: 63, hint: null },
    { state: 'Reopened', items: 6, entries: 82, hint: null },
  ],
  kinds: [
    { name: 'Story', count: 1420 },
    { name: 'Bug', count: 988 },
    { name: 'Technical debt', count: 311 },
    { name: 'Security', count: 74 },
    { name: 'Sub-task', count: 243 },
  ],
  groups: [
    { name: 'Card payments', count: 1804 },
    { name: 'Refunds', count: 1098 },
    { name: 'Sandbox', count: 134 },
  ],
  resolutions: [
    { name: 'Fixed', count: 2310 },
    { name: "Won't Fix", count: 94 },
    { name: 'Duplicate', count: 71 },
  ],
  flags: [{ name: 'Impediment', count: 140 }],
  labels: ['blocked', 'frontend', 'api', 'customer', 'audit'].map((name, index) => ({
    name,
    count: 220 - index * 40,
  })),
  gaps: ['state "Reopened" is not mapped to any stage'],
};

export const report = {
  entries: [
    {
      severity: 'error',
      code: 'unreadable_row',
      file: 'incidents.csv',
      line: 118,
      item_key: null,
      text: 'The row has 4 cells, 7 are expected: a line break inside a cell without quotes is likely.',
    },
    {
      severity: 'warning',
      code: 'finish_before_start',
      file: 'payments-issues.json',
      line: 902,
      item_key: 'PAY-902',
      text: 'It is finished before it was created; its cycle time is not counted.',
    },
    {
      severity: 'warning',
      code: 'unmapped_state',
      file: 'payments-issues.json',
      line: 1310,
      item_key: 'PAY-1310',
      text: 'The state “Reopened” is not mapped; the item does not move in it.',
    },
    {
      severity: 'note',
      code: 'never_started',
      file: 'payments-issues.json',
      line: 1311,
      item_key: 'PAY-1311',
      text: 'It went from not started straight to done.',
    },
    {
      severity: 'note',
      code: 'no_op_change',
      file: 'payments-issues.json',
      line: 1420,
      item_key: 'PAY-1420',
      text: 'A change from “QA” to “QA” was dropped.',
    },
  ],
  next: null,
};

export const quality = {
  counts: whole,
  oddities: [
    {
      code: 'never_started',
      severity: 'note',
      count: 1946,
      meaning:
        'The item went from not started straight to done. It counts as delivered and stays out of cycle time.',
    },
    {
      code: 'reopened',
      severity: 'note',
      count: 212,
      meaning: 'The item was done and came back. It leaves its old day and counts when it is done again.',
    },
    {
      code: 'bulk_closed',
      severity: 'warning',
      count: 96,
      meaning:
        'Closed together with many others on one day: a clean-up, not a day’s work. It is marked and can be left out.',
    },
    {
      code: 'no_op_change',
      severity: 'note',
      count: 54,
      meaning: 'A change from a value to the same value; dropped.',
    },
    {
      code: 'finish_before_start',
      severity: 'warning',
      count: 7,
      meaning: 'It is finished before it starts or before it was created; its cycle time is not counted.',
    },
  ],
  first_day: '2019-02-11',
  last_day: '2026-11-20',
};
