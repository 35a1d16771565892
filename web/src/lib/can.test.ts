import { expect, test } from 'vitest';
import { canDeleteUnit, canStandBelow, canStep, kindsBelow, mayAt, maySomewhere } from './can.ts';

test('levels may be skipped but not turned round', () => {
  expect(canStandBelow('team', 'portfolio')).toBe(true);
  expect(canStandBelow('program', 'program')).toBe(true);
  expect(canStandBelow('portfolio', 'program')).toBe(false);
  expect(canStandBelow('team', 'team')).toBe(false);
  expect(canStandBelow('portfolio', undefined)).toBe(true);
  expect(kindsBelow('program')).toEqual(['program', 'team']);
  expect(kindsBelow('team')).toEqual([]);
});

test('only what holds nothing can be deleted', () => {
  const unit = { id: '1', kind: 'team', items: 0 };
  expect(canDeleteUnit(unit, 0)).toBe(true);
  expect(canDeleteUnit(unit, 1)).toBe(false);
  expect(canDeleteUnit({ ...unit, items: 1 }, 0)).toBe(false);
});

test('the server says which steps are legal', () => {
  expect(canStep({ steps: ['pause'] }, 'pause')).toBe(true);
  expect(canStep({ steps: ['pause'] }, 'start')).toBe(false);
});

test('a right holds for everything below its unit and nothing beside', () => {
  const rights = [{ unit_id: 'works', permissions: ['read', 'import'] }];
  expect(mayAt(rights, 'import', ['top', 'works', 'kestrel'])).toBe(true);
  expect(mayAt(rights, 'import', ['top'])).toBe(false);
  expect(mayAt(rights, 'import', [])).toBe(false);
  expect(mayAt(rights, 'administer', ['works'])).toBe(false);
  expect(mayAt([{ unit_id: null, permissions: ['read'] }], 'read', [])).toBe(true);
  expect(maySomewhere(rights, 'import')).toBe(true);
  expect(maySomewhere([], 'read')).toBe(false);
});
