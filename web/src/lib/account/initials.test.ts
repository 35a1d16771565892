import { expect, test } from 'vitest';
import { initials } from './initials.ts';

test('a name has one or two letters', () => {
  expect(initials('Mira Sörensen')).toBe('MS');
  expect(initials('ólga')).toBe('Ó');
  expect(initials('Ana Maria de Souza')).toBe('AS');
  expect(initials('𝒜lice Bo')).toBe('𝒜B');
  expect(initials('  ')).toBe('');
});
