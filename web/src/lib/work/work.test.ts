import { describe, expect, test } from 'vitest';
import { byDay, changeInWords } from './history.ts';
import { shareDone, stepOf, uploadedBytes } from './import-stage.ts';
import { freeName, moved, outOfOrder, placeForNew } from './stages.ts';
import { fromForm, hasHalfSle, toForm, wrongHoliday } from './workflow-form.ts';

describe('stages', () => {
  const stages = [
    { name: 'Open', category: 'todo' },
    { name: 'Review', category: 'waiting' },
    { name: 'Build', category: 'active' },
    { name: 'Done', category: 'done' },
  ];

  test('move by one and never leave the list', () => {
    expect(moved(stages, 2, 1).map((it) => it.name)).toEqual(['Open', 'Build', 'Review', 'Done']);
    expect(moved(stages, 0, 99).map((it) => it.name)).toEqual(['Review', 'Build', 'Done', 'Open']);
    expect(moved(stages, 9, 0)).toBe(stages);
  });

  test('active and waiting ones may alternate, others stand in order', () => {
    expect([...outOfOrder(stages)]).toEqual([]);
    expect([...outOfOrder(moved(stages, 3, 0))]).toEqual(['Open']);
  });

  test('new ones stand before the exits under a name of their own', () => {
    expect(placeForNew(stages)).toBe(3);
    expect(freeName(stages, 'Build')).toBe('Build 2');
    expect(freeName(stages, 'Test')).toBe('Test');
  });
});

describe('a history in words', () => {
  test('what was set, changed and removed', () => {
    expect(changeInWords({ field: 'state', from: 'Open', to: 'Build' })).toBe('State: Open → Build');
    expect(changeInWords({ field: 'priority', to: 'High' })).toBe('Priority set to High');
    expect(changeInWords({ field: 'labels', from: 'api\u001fweb', to: null })).toBe(
      'Labels “api, web” removed',
    );
    expect(changeInWords({ field: 'flag', from: 'x', to: '' })).toBe('No longer blocked');
  });

  test('the newest day stands first', () => {
    const changes = ['2026-01-01T08:00:00Z', '2026-01-01T09:00:00Z', '2026-01-03T08:00:00Z'].map((at) => ({
      at,
    }));
    expect(byDay(changes).map((it) => [it.day, it.changes.length])).toEqual([
      ['2026-01-03', 1],
      ['2026-01-01', 2],
    ]);
  });
});

test('an import is somewhere on its way', () => {
  expect(['checking', 'mapping', 'ready', 'paused', 'review'].map(stepOf)).toEqual([1, 2, 3, 4, 5]);
  expect(shareDone({ position: 5, total: 10 })).toBe(0.5);
  expect(shareDone({ position: 12, total: 10 })).toBe(1);
  expect(shareDone({ position: 5, total: null })).toBeUndefined();
  expect(
    uploadedBytes([
      { upload: 0, bytes: 700 },
      { upload: 0, bytes: 700 },
      { upload: 1, bytes: 30 },
    ]),
  ).toBe(730);
});

describe('a team’s process as a form', () => {
  const workflow = {
    stages: [],
    states: [],
    kinds: [{ kind: 'Bug', work_type: 'defect' }],
    blocked: { links: true, states: ['On hold'], labels: ['blocked'], flags: ['Impediment'] },
    cancelled_resolutions: ['Won’t do'],
    start: 'last',
    finish: 'last',
    zone: 'UTC',
    workdays: [true, true, true, true, true, false, false],
    holidays: ['2026-12-25'],
    count_days: 'calendar',
    sle_percent: null,
    sle_days: null,
    wip_limit: 12,
    stalled_after_days: 5,
  };

  test('comes back as it was', () => {
    expect(fromForm(toForm(workflow), workflow)).toEqual(workflow);
  });

  test('days off are days', () => {
    expect(wrongHoliday({ ...toForm(workflow), holidays: '2026-12-25\n2026-02-30' })).toBe('2026-02-30');
    expect(wrongHoliday({ ...toForm(workflow), holidays: '2026-12-25, 2027-01-01' })).toBeUndefined();
  });

  test('words that block or cancel stand one a line', () => {
    const form = {
      ...toForm(workflow),
      blockedLabels: ' waits, for others \n\nblocked\nblocked',
      cancelled: '',
    };
    const { blocked, cancelled_resolutions } = fromForm(form, workflow);
    expect(blocked).toEqual({ ...workflow.blocked, labels: ['waits, for others', 'blocked'] });
    expect(cancelled_resolutions).toEqual([]);
  });

  test('a service level has two halves', () => {
    expect(hasHalfSle({ ...toForm(workflow), slePercent: '85' })).toBe(true);
    expect(hasHalfSle({ ...toForm(workflow), slePercent: '85', sleDays: '14' })).toBe(false);
  });
});
