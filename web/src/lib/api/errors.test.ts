import { expect, test } from 'vitest';
import { Problem } from './errors.ts';
import { windowOf } from './insight.ts';

test('a problem keeps what the server says', () => {
  const body = {
    title: 'conflict',
    detail: 'an import that is approved can’t be rolled back now',
    code: 'illegal_step',
    pointer: '/step',
  };
  const problem = Problem.from(409, body);
  expect([problem.status, problem.title, problem.code, problem.pointer]).toEqual([
    409,
    'Conflict',
    'illegal_step',
    '/step',
  ]);
  expect(problem.detail).toBe('An import that is approved can’t be rolled back now.');
});

test('an answer that is no problem document still says what to do', () => {
  expect(Problem.from(500, '<html>').detail).not.toBe('');
  expect(Problem.from(404, undefined).title).toBe('This page does not exist');
  expect(Problem.from(503, {}).status).toBe(0);
  expect(Problem.of(new TypeError('x')).title).toBe('Something went wrong');
});

test('the window comes from the address', () => {
  expect(windowOf(new URL('http://localhost/?from=2026-01-01&type=risk'))).toEqual({
    from: '2026-01-01',
    to: undefined,
    work_type: 'risk',
  });
});
