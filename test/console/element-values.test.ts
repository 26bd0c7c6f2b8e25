// How an element of a set becomes inputs, and what was typed an element again; without a browser.
import { describe, expect, it } from 'vitest';
import { type Field, plainField, type RecordType } from '../../console/src/api/catalogue.ts';
import { membersOf, type Row, shownOf, withTyped } from '../../console/src/pages/runs/element-values.ts';

const field = (key: string, of: Partial<Field> = {}): Field => ({
  ...plainField,
  key,
  label: key.toUpperCase(),
  ...of,
});
const type: RecordType = {
  key: 'element',
  label: 'Element',
  plural: 'Elements',
  description: '',
  owner: 'external',
  links: [],
  fields: [
    field('external_id'),
    field('length', { type: 'decimal' }),
    field('installed_on', { type: 'date' }),
    field('checked_at', { type: 'datetime' }),
    field('grade', { type: 'enum', options: [{ value: 'a', label: 'Grade A' }] }),
    field('spare', { type: 'boolean' }),
    field('supplier', { type: 'lookup', to: 'contact' }),
  ],
};
const mended = (row: Row, typed: Record<string, string>): Row =>
  withTyped(row, membersOf(row, type, ['external_id', 'length', 'spare']), new Map(Object.entries(typed)));

describe('an element that is mended', () => {
  it('has an input for each member that was sent, and for each that its interface may write', () => {
    const members = membersOf({ external_id: 'P-1', colour: 'red' }, type, ['external_id', 'length']);
    expect(members.map(({ name, field: { label } }) => [name, label])).toEqual([
      ['external_id', 'EXTERNAL_ID'],
      ['colour', 'colour'],
      ['length', 'LENGTH'],
    ]);
  });

  it.each([
    ['length', 'twelve', 'twelve'],
    ['installed_on', '31-12-2026', '31-12-2026'],
    ['checked_at', 'yesterday', 'yesterday'],
    ['grade', 'z', 'z'],
    ['spare', 'maybe', 'maybe'],
    ['supplier', 'external_id:C-1', 'external_id:C-1'],
    ['contacts', ['C-1', 'C-2'], 'C-1\nC-2'],
    ['contacts', [{ key: 'C-1' }], '[{"key":"C-1"}]'],
    ['constructor', null, ''],
  ])('shows what was sent, fit or not: %s', (name, sent, shown) => {
    const [member] = membersOf({ [name]: sent }, type, []);
    expect(member && shownOf(member)).toBe(shown);
  });

  it('sends what was typed as its field has it', () => {
    const row = { external_id: 'P-1', length: 'twelve', contacts: ['C-1'] };
    expect(mended(row, { length: '1.05', spare: 'true', contacts: 'C-1\nC-2\n' })).toEqual({
      external_id: 'P-1',
      length: 1.05,
      spare: true,
      contacts: ['C-1', 'C-2'],
    });
  });

  it('leaves alone what nobody typed, and what was not sent', () => {
    const row = { external_id: 'P-1', length: '12', supplier: null, contacts: [{ key: 'C-1' }] };
    expect(mended(row, { external_id: 'P-2' })).toStrictEqual({ ...row, external_id: 'P-2' });
  });

  it('unsets nothing where what was typed is taken away again', () => {
    const row = { external_id: 'P-1', length: 'twelve' };
    expect(mended(row, { external_id: '', length: 'twelve', spare: '' })).toStrictEqual({ ...row, external_id: null });
  });

  it('clears what was emptied', () => {
    expect(mended({ length: 'twelve' }, { length: '' })).toEqual({ length: null });
  });

  it('has what is no plain value edited as JSON, and sent as typed where it is none', () => {
    const row = { contacts: [{ key: 'C-1' }] };
    expect(mended(row, { contacts: '["C-2"]' })).toEqual({ contacts: ['C-2'] });
    expect(mended(row, { contacts: '["C-2"' })).toEqual({ contacts: '["C-2"' });
  });

  it('may have members that are named like what every object has', () => {
    const row = JSON.parse('{"__proto__": "x", "constructor": "y"}') as Row;
    expect(Object.entries(mended(row, { ['__proto__']: 'z' }))).toEqual([
      ['__proto__', 'z'],
      ['constructor', 'y'],
    ]);
  });
});
