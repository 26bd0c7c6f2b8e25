import { expect, it } from 'vitest';
import { listRefusal } from './violations.ts';

it('a list that is not found in time is a problem of its own, which says what to do', () => {
  const message = 'Make the field filterable in the schema: notes.';
  const problem = listRefusal({ kind: 'list_rejected', parameter: 'patience', message });
  expect(problem.violations).toEqual([{ code: 'list_too_slow', path: null, message }]);
});
