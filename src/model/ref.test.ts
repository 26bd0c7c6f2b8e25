import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guidOf, ulidOf, workspaceId } from './ids.ts';
import { byId, byKey, byNumber, formatRef, parseRecordNumber, parseRef } from './ref.ts';

const number = fc.integer({ min: 1, max: 2 ** 48 - 1 });
const field = fc.stringMatching(/^[a-z][a-z0-9_]{0,40}$/);

describe('a ref in the native grammar', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          number.map(byNumber),
          fc.uuid().map(byId),
          fc.tuple(field, fc.string({ unit: 'binary' })).map(([name, value]) => byKey(name, value)),
        ),
        (ref) => {
          expect(parseRef(formatRef(ref))).toEqual(ref);
        },
      ),
    );
  });

  it('names a record by number, with or without #', () => {
    fc.assert(
      fc.property(number, (n) => {
        expect(parseRef(String(n))).toEqual(byNumber(n));
        expect(parseRef(`#${n}`)).toEqual(byNumber(n));
        expect(parseRecordNumber(String(n))).toBe(n);
      }),
    );
  });

  it('names it by GUID, whoever made that, and by a ULID of ours', () => {
    const ulid = ulidOf('record', workspaceId(3), 5);
    expect(parseRef(ulid)).toEqual(byId(ulid));
    expect(parseRef(ulid.toLowerCase())).toEqual(byId(ulid.toLowerCase()));
    const guid = guidOf('record', workspaceId(3), 5);
    expect(parseRef(guid)).toEqual(byId(guid));
    expect(parseRef('3fa85f64-5717-4562-b3fc-2c963f66afa6')).toEqual(byId('3fa85f64-5717-4562-b3fc-2c963f66afa6'));
  });

  it('takes all after the first colon as the value, empty or with colons of its own', () => {
    expect(parseRef('external_id:a:b::c')).toEqual(byKey('external_id', 'a:b::c'));
    expect(parseRef('external_id:')).toEqual(byKey('external_id', ''));
    expect(parseRef('external_id:5001')).toEqual(byKey('external_id', '5001'));
    expect(parseRef('external_id:a/b+c%d é\n')).toEqual(byKey('external_id', 'a/b+c%d é\n'));
    const guid = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
    expect(parseRef(`sync_key:${guid}`)).toEqual(byKey('sync_key', guid));
  });

  it.each([
    '',
    '#',
    '##5',
    '0',
    '#0',
    '007',
    '-1',
    '+5',
    '1.0',
    '1e3',
    ' 5',
    '5 ',
    '5\n',
    '٥',
    '５',
    '0x10',
    '281474976710656',
    '99999999999999999999',
    ':',
    ':value',
    'external_id',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'undefined',
    'NaN',
  ])('is not %j', (text) => {
    expect(parseRef(text)).toBeUndefined();
    expect(parseRecordNumber(text)).toBeUndefined();
  });

  it('reads the largest number and none beyond', () => {
    expect(parseRef('281474976710655')).toEqual(byNumber(2 ** 48 - 1));
    expect(parseRef('281474976710656')).toBeUndefined();
  });
});
