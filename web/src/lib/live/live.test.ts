import { describe, expect, test } from 'vitest';
import { kinds, parseEvent, type LiveEvent } from './events.ts';
import { reduceImport, reduceSample } from './reducers.ts';

const event = (kind: (typeof kinds)[number], data: object) =>
  parseEvent(kind, JSON.stringify(data)) as LiveEvent;

describe('events', () => {
  test('what is no object is no event', () => {
    for (const text of ['', 'null', '[]', '3', '{']) expect(parseEvent('items', text)).toBeUndefined();
  });

  test('units are read without trusting them', () => {
    expect(event('items', { unit_ids: ['a', 3, 'b'] }).units).toEqual(['a', 'b']);
    expect(event('items', { unit_ids: 'a' }).units).toEqual([]);
  });
});

describe('an import', () => {
  const running = { id: 'i', state: 'running', position: 10, total: 100, tracker: 'Jira' };

  test('moves on by events about it and by no others', () => {
    const moved = reduceImport(
      running,
      event('import', { import_id: 'i', state: 'running', position: 40, total: 100 }),
    );
    expect(moved).toEqual({ ...running, position: 40 });
    expect(reduceImport(running, event('import', { import_id: 'other', position: 40 }))).toBe(running);
    expect(reduceImport(running, event('sample', { import_id: 'i', position: 40 }))).toBe(running);
  });

  test('an event without figures changes none', () => {
    expect(reduceImport(running, event('import', { import_id: 'i', position: 'x' }))).toEqual(running);
  });
});

test('the sample organisation grows and never passes its end', () => {
  const start = { state: 'loading', progress: 0 };
  expect(reduceSample(start, event('sample', { state: 'loading', progress: 0.4 }))).toEqual({
    state: 'loading',
    progress: 0.4,
  });
  expect(reduceSample(start, event('sample', { progress: 7 })).progress).toBe(1);
  expect(reduceSample(start, event('units', { progress: 1 }))).toBe(start);
});
