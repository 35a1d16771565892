import { expect, test } from 'vitest';
import { dayNumber, dayTicks, isoDay, longDay, parts, weekday } from './day.ts';
import { logScale, scale, wholeScale } from './number.ts';
import { german } from './words/de.ts';
import { english } from './words/en.ts';

const { number, percent } = english;

test('days agree with the platform over four centuries', () => {
  for (let day = -80_000; day < 80_000; day += 37) {
    const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
    expect(isoDay(day)).toBe(iso);
    expect(dayNumber(iso)).toBe(day);
    expect(weekday(day)).toBe((new Date(day * 86_400_000).getUTCDay() + 6) % 7);
  }
});

test('the day of an instant is its date part', () => {
  expect(longDay(dayNumber('2024-03-05T23:59:59Z'), english)).toBe('5 Mar 2024');
  expect(longDay(dayNumber('2024-03-05T23:59:59Z'), german)).toBe('5. März 2024');
});

test.each([3, 20, 90, 180, 400, 2000, 9000])(
  'ticks over %i days are round, in order, and few enough',
  (span) => {
    const from = dayNumber('2023-11-17');
    const ticks = dayTicks(from, from + span, 600, english);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(13);
    for (const tick of ticks) expect(tick.at).toBeGreaterThanOrEqual(from);
    if (span > 150) for (const tick of ticks) expect(parts(tick.at).day).toBe(1);
    expect(ticks[0]?.label).toMatch(/\n20\d\d$/);
  },
);

test('numbers are grouped, rounded and never minus zero', () => {
  expect([1234567.8, 0.05, 3, -0.01, -4.2].map((it) => number(it))).toEqual([
    '1,234,567.8',
    '0.1',
    '3',
    '0',
    '−4.2',
  ]);
});

test('German has a comma for decimals and a point for thousands', () => {
  expect([1234567.8, -4.2].map((it) => german.number(it))).toEqual(['1.234.567,8', '−4,2']);
});

test('a share is never 100 % before it is whole', () => {
  expect([1, 0.999, 0.853, 0.001, 0].map(percent)).toEqual(['100 %', '> 99 %', '85 %', '< 1 %', '0 %']);
});

test.each([
  [0, 7],
  [0, 0],
  [-6, 43],
  [0.2, 0.9],
  [0, 123_456],
])('the scale from %d to %d covers both with round steps', (least, most) => {
  const { min, max, ticks } = scale(least, most);
  expect(min).toBeLessThanOrEqual(least);
  expect(max).toBeGreaterThanOrEqual(most);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.length).toBeLessThan(13);
});

test('counts have whole ticks, and logarithmic ones go 1, 2, 5', () => {
  expect(wholeScale(3).ticks.every(Number.isInteger)).toBe(true);
  expect(logScale(80).ticks).toEqual([1, 2, 5, 10, 20, 50, 100]);
});
