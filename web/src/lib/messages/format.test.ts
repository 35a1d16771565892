import { afterEach, describe, expect, test } from 'vitest';
import {
  addDays,
  count,
  formatAgo,
  formatBytes,
  formatDay,
  formatDayRange,
  formatDaysIn,
  formatNumber,
  formatShare,
  formatTime,
  useLocale,
  weekdays,
} from './format.ts';

afterEach(() => useLocale('en-GB'));

test('counts agree with their noun as it is written', () => {
  expect(count(1, 'item')).toBe('1 item');
  expect(count(1.04, 'item')).toBe('1 item');
  expect(count(1.2, 'item')).toBe('1.2 items');
  expect(count(0, 'item')).toBe('0 items');
  expect(count(3036, 'entry', 'entries')).toBe('3,036 entries');
});

test('large numbers lose their decimals, small ones keep one', () => {
  expect(formatNumber(7.25)).toBe('7.3');
  expect(formatNumber(412.6)).toBe('413');
});

test('days are counted over months and leap days', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

test('the year stands once when it is the same', () => {
  expect(formatDayRange('2026-03-04', '2026-05-06').match(/2026/g)).toHaveLength(1);
  expect(formatDayRange('2025-12-30', '2026-01-02')).toContain('2025');
});

test('how long ago', () => {
  const now = new Date('2026-11-24T12:00:00Z');
  expect(formatAgo('2026-11-24T11:59:40Z', now)).toBe('this minute');
  expect(formatAgo('2026-11-24T09:00:00Z', now)).toBe('3 hours ago');
  expect(formatAgo('2026-11-23T09:00:00Z', now)).toBe('yesterday');
});

test('sizes of files', () => {
  expect(formatBytes(0)).toBe('0 bytes');
  expect(formatBytes(18_430_112)).toBe('18.4 MB');
});

test('days and instants inside the words of the server', () => {
  expect(formatDaysIn('2026-05-29 to 2026-11-24')).toBe(formatDayRange('2026-05-29', '2026-11-24'));
  expect(formatDaysIn('started 2026-07-16T13:35:03.5Z, up to 2026-11-24')).toMatch(
    /^started .*2026.*, up to /,
  );
  expect(formatDaysIn('up to 2026-11-24')).toBe(`up to ${formatDay('2026-11-24')}`);
  expect(formatDaysIn('PAY-2024-1 waits')).toBe('PAY-2024-1 waits');
});

test('a share is never 100 % before it is whole', () => {
  expect([1, 0.999, 0.853, 0.001, 0].map(formatShare)).toEqual(['100 %', '> 99 %', '85 %', '< 1 %', '0 %']);
});

test('the week begins where the calendars of the reader begin it', () => {
  expect(weekdays().map((it) => it.short)).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
  useLocale('en-US');
  expect(weekdays()[0]).toEqual({ day: 6, short: 'Sun', long: 'Sunday' });
});

describe('in German', () => {
  test('numbers, days, sizes and times are written as in German', () => {
    useLocale('de-DE');
    expect(count(3036, 'Eintrag', 'Einträge')).toBe('3.036 Einträge');
    expect(count(1, 'Eintrag', 'Einträge')).toBe('1 Eintrag');
    expect(formatNumber(7.25)).toBe('7,3');
    expect(formatDay('2026-09-04')).toBe('4. Sept. 2026');
    expect(formatDayRange('2026-03-04', '2026-05-06')).toBe('4. März – 6. Mai 2026');
    expect(formatBytes(18_430_112)).toBe('18,4 MB');
    expect(formatTime('2026-11-24T12:00:00Z')).toMatch(/^\d\d:00$/);
    expect(weekdays()[2]).toEqual({ day: 2, short: 'Mi', long: 'Mittwoch' });
  });

  test('how long ago', () => {
    useLocale('de-DE');
    const now = new Date('2026-11-24T12:00:00Z');
    expect(formatAgo('2026-11-23T09:00:00Z', now)).toBe('gestern');
    expect(formatAgo('2026-11-24T09:00:00Z', now)).toBe('vor 3 Stunden');
  });
});
