import { expect, test } from 'vitest';
import { findInTree, flatten, pathTo, withDescendants } from './tree.ts';

const unit = (id: string, parent_id: string | null, name: string) => ({
  id,
  key: id,
  name,
  kind: 'team',
  parent_id,
});
const units = [
  unit('swift', 'cards', 'Swift'),
  unit('cards', 'acme', 'Cards'),
  unit('acme', null, 'Acme'),
  unit('heron', 'cards', 'Heron'),
  unit('platform', 'acme', 'Platform'),
];

test('parents stand before children, and these in the order of their names', () => {
  expect(flatten(units).map((it) => `${it.depth} ${it.unit.name} ${it.childCount}`)).toEqual([
    '0 Acme 2',
    '1 Cards 2',
    '2 Heron 0',
    '2 Swift 0',
    '1 Platform 0',
  ]);
});

test('a path leads from the top down', () => {
  expect(pathTo(units, 'swift').map((it) => it.id)).toEqual(['acme', 'cards', 'swift']);
  expect(pathTo(units, 'nobody')).toEqual([]);
});

test('a path in a broken tree ends', () => {
  const circle = [unit('a', 'b', 'A'), unit('b', 'a', 'B')];
  expect(pathTo(circle, 'a').map((it) => it.id)).toEqual(['b', 'a']);
});

test('what is found keeps what stands above it', () => {
  expect(findInTree(units, ' her').map((it) => it.id)).toEqual(['cards', 'acme', 'heron']);
  expect(findInTree(units, '')).toHaveLength(5);
  expect(findInTree(units, 'xyz')).toEqual([]);
});

test('a unit cannot be moved below what it holds', () => {
  expect(withDescendants(units, 'cards').map((it) => it.id)).toEqual(['cards', 'heron', 'swift']);
});
