// What somebody at a page is told to do about a refusal; without a browser.
import { describe, expect, it } from 'vitest';
import { remedyOf } from '../../console/src/components/remedies.ts';
import { placeIn } from '../../console/src/components/said-where.ts';
import { type ProblemCode, problems } from '../../src/dialects/native/problems.ts';

const codes = Object.keys(problems) as ProblemCode[];
const told = (code: ProblemCode): string => remedyOf({ code, remedy: problems[code].remedy, request_id: 'r-1' });

describe('what to do about a refusal', () => {
  it.each(codes)('names nothing that only a caller of the API could do: %s', (code) => {
    expect(told(code)).not.toMatch(/`|\b(GET|POST|PUT|PATCH|DELETE|ETag|header|query|JSON|the body|api key)\b/i);
    expect(told(code)).toMatch(/\.$/);
  });

  it('says what the API says where that is for both', () => {
    expect(told('held_expired')).toBe(problems.held_expired.remedy);
  });

  it('names the request where only its log tells more', () => {
    expect(told('internal')).toContain('r-1');
  });
});

describe('where in a set something is wrong', () => {
  it.each([
    ['[0]', 'Row 1'],
    ['[33].contacts[0]', 'Row 34, contacts'],
    ['Elements[33].contacts[0]', 'Row 34, contacts'],
    ['[2].length', 'Row 3, length'],
  ])('is told as people count: %s', (path, where) => {
    expect(placeIn(path)).toBe(where);
  });

  it.each([null, 'fields.name', 'query.limit', 'types.a.fields[0]x', 'interfaces.pumps.scope[0]'])(
    'is not told of what is no set: %s',
    (path) => expect(placeIn(path)).toBeUndefined(),
  );
});
