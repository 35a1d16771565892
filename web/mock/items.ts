// Items of the mock server.

import { refOf } from './organisation.ts';

const titles = [
  'Refund by bank transfer',
  'Export for the auditors',
  'Split the ledger table',
  'Card form rejects long names',
  'Retry failed captures',
  'Rotate the signing keys',
  'Show the fee before paying',
  'Statement arrives twice',
];
const types = ['feature', 'feature', 'debt', 'defect', 'feature', 'risk', 'feature', 'defect'];
const stages = ['Backlog', 'In progress', 'In review', 'Testing', 'Done'];

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

function summary(index: number) {
  const stage = stages[index % 5] ?? 'Done';
  const progress = stage === 'Done' ? 'finished' : stage === 'Backlog' ? 'not_started' : 'in_progress';
  return {
    id: `item-${index}`,
    label: `PAY-${1300 - index}`,
    title: titles[index % titles.length] ?? '',
    unit: refOf(['kestrel', 'heron', 'swift'][index % 3] ?? 'kestrel'),
    kind: 'Story',
    work_type: types[index % types.length] ?? 'feature',
    state: stage,
    stage: index % 17 === 16 ? null : stage,
    progress,
    created_at: ago(30 + index * 2),
    started_at: progress === 'not_started' ? null : ago(12 + index),
    finished_at: progress === 'finished' ? ago(2 + index) : null,
    age_days: progress === 'in_progress' ? 13 + index : null,
    cycle_time_days: progress === 'finished' ? 9 + (index % 7) : null,
    is_blocked: index % 7 === 3,
  };
}

export function list(query: URLSearchParams) {
  const progress = query.get('progress');
  const q = query.get('q')?.toLowerCase();
  const items = Array.from({ length: 38 }, (_, index) => summary(index)).filter(
    (item) =>
      (!progress || item.progress === progress || (progress === 'blocked' && item.is_blocked)) &&
      (!q || item.title.toLowerCase().includes(q) || item.label.toLowerCase().includes(q)),
  );
  return { items, next: null, count: items.length };
}

export function find(id: string) {
  const index = Number(id.split('-')[1] ?? 1) || 1;
  const base = summary(index % 5 === 0 ? index + 1 : index);
  return {
    ...base,
    id,
    url: 'https://tracker.example/browse/PAY-1299',
    tracker: 'Cards Jira',
    resolution: null,
    estimate: 5,
    parent: 'PAY-1000',
    priority: 'High',
    labels: ['api', 'customer'],
    links: [
      { kind: 'blocked_by', to: 'PLAT-77', id: 'item-7' },
      { kind: 'related', to: 'PAY-1188', id: null },
    ],
    history_extent: 'complete',
    changes: [
      { at: ago(28), field: 'priority', from: 'Medium', to: 'High' },
      { at: ago(16), field: 'state', from: 'Open', to: 'In Progress' },
      { at: ago(15.8), field: 'activity', from: null, to: null },
      { at: ago(12), field: 'flag', from: null, to: 'Waiting for the bank' },
      { at: ago(9), field: 'flag', from: 'Waiting for the bank', to: null },
      { at: ago(8), field: 'state', from: 'In Progress', to: 'Code Review' },
      { at: ago(3), field: 'state', from: 'Code Review', to: 'QA' },
    ],
    visits: [
      { stage: 'Backlog', category: 'todo', from: ago(30), until: ago(16), days: 14 },
      { stage: 'In progress', category: 'active', from: ago(16), until: ago(8), days: 8 },
      { stage: 'In review', category: 'waiting', from: ago(8), until: ago(3), days: 5 },
      { stage: 'Testing', category: 'active', from: ago(3), until: null, days: 3 },
    ],
    blocked: [{ from: ago(12), until: ago(9), cause: 'Waiting for the bank' }],
    facts: [
      {
        measure: 'work_item_age',
        value: 17,
        unit: 'days',
        because:
          'It crossed into progress 17 days ago and is not finished; both days count, as every day of the calendar.',
      },
      {
        measure: 'blocked_time',
        value: 3,
        unit: 'days',
        because: 'The impediment flag was set once; overlapping reasons count once.',
      },
      {
        measure: 'flow_efficiency',
        value: 0.69,
        unit: 'share',
        because: '11 of 16 days passed in active stages, the rest in waiting ones.',
      },
      { measure: 'cycle_time', value: null, unit: 'days', because: 'It is not finished.' },
    ],
  };
}
