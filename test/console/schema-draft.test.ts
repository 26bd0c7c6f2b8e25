// One schema, edited as text and by form: what either leaves of the other's work. Without a browser.
import { describe, expect, it } from 'vitest';
import type { Schema } from '../../console/src/api/types.ts';
import {
  begun,
  bodyOf,
  type Draft,
  isChanged,
  onTopOf,
  schemaOf,
  textOf,
} from '../../console/src/pages/schema/editing/draft.ts';
import { chosenBy } from '../../console/src/pages/schema/editing/form/chosen.ts';
import {
  withEntry,
  withField,
  withoutType,
  withTypeBack,
} from '../../console/src/pages/schema/editing/form/document.ts';
import { flawOfKey, keyOf } from '../../console/src/pages/schema/editing/form/key-of.ts';
import { readText, textWith } from '../../console/src/pages/schema/editing/schema-text.ts';
import { mergedWith } from '../../console/src/pages/schema/editing/three-way.ts';

const text = `# What runs.
types:
  machine:
    label: Machine # as on the door
    fields:
      # painted on
      serial: { type: text, unique: true }
      state: { type: enum, options: [{ value: on }, { value: off }] }
  person: {}
links:
  machine.operators: { to: person, roles: operator }
role_lists:
  operator:
    - name: Main # the first
    - name: Stand-in
`;

const stored = { text, etag: '"4"' };

function read(of: string): Schema {
  const answer = readText(of);
  if (answer.kind !== 'read') throw new Error(answer.message);
  return answer.schema;
}

const formed = (draft: Draft, change: (schema: Schema) => Schema): Draft => {
  const now = schemaOf(draft);
  if (now.kind !== 'read') throw new Error(now.message);
  return { ...draft, formed: change(now.schema) };
};

const addHours = (schema: Schema): Schema => withField(schema, 'machine', 'hours', { type: 'integer' });

describe('a draft of the schema', () => {
  it('is the stored text, to the letter, until something changes', () => {
    expect(textOf(begun(stored))).toBe(text);
    expect(isChanged(begun(stored))).toBe(false);
    expect(textWith(text, read(text))).toBe(text);
  });

  it('has in its text what the form has changed, and every comment that was typed', () => {
    const after = textOf(formed(begun(stored), addHours));
    expect(read(after)).toEqual(addHours(read(text)));
    for (const comment of ['# What runs.', '# as on the door', '# painted on', '# the first'])
      expect(after).toContain(comment);
    expect(after).toContain('serial: { type: text, unique: true }');
  });

  it('has in its form what was typed after that', () => {
    const draft = formed(begun(stored), addHours);
    const typed = textOf(draft).replace('person: {}', 'person: { label: Somebody }');
    const now = schemaOf({ ...draft, typed, formed: null });
    expect(now).toMatchObject({
      kind: 'read',
      schema: { types: { machine: { fields: { hours: { type: 'integer' } } }, person: { label: 'Somebody' } } },
    });
  });

  it('is no form while it is no YAML, or no mapping where one must be, and says where', () => {
    expect(readText('types:\n  a: "two" words\n')).toMatchObject({ kind: 'unreadable', line: 2 });
    for (const [wrong, where] of [
      ['types: []', 'types'],
      ['types: { machine: }', 'types.machine'],
      ['types: { machine: { fields: [serial] } }', 'types.machine.fields'],
      ['types: { machine: { label: { fields: {} } } }', 'types.machine.label'],
      ['types: { machine: { names: [pump] } }', 'types.machine.names'],
      ['types: { machine: { fields: { state: { type: [enum] } } } }', 'types.machine.fields.state.type'],
      ['types: { machine: { fields: { state: { options: on } } } }', 'types.machine.fields.state.options'],
      ['types: { machine: { fields: { state: { options: [on] } } } }', 'types.machine.fields.state.options[0]'],
      ['types: { machine: { fields: { number: { numbered: true } } } }', 'types.machine.fields.number.numbered'],
      ['links: { machine.operators: { to: { person: } } }', 'links.machine.operators.to'],
      ['links: { machine.operators: { to: 5 } }', 'links.machine.operators.to'],
      ['links: { machine.operators: { to: } }', 'links.machine.operators.to'],
      ['links: { machine.operators: {} }', 'links.machine.operators.to'],
      ['role_lists: { operator: [Main] }', 'role_lists.operator[0]'],
      ['role_lists: { operator: [{ name: [Main] }] }', 'role_lists.operator[0].name'],
      ['[]', 'The schema'],
      ['', 'The schema'],
    ] as const) {
      const answer = readText(wrong);
      expect(answer.kind === 'unreadable' && answer.message.split(' must')[0], wrong).toBe(where);
    }
    expect(readText('a: &a [1]\nb: *c')).toMatchObject({ kind: 'unreadable' });
    const judgedByTheApi =
      'types: { a: { label:, extra: { zendesk: [1] }, fields: { b: { default: [x], odd: {} } } } }\nother: []';
    expect(readText(judgedByTheApi)).toMatchObject({ kind: 'read' });
  });

  it('takes an option or role away, or changes one, without touching the others', () => {
    const roles = textWith(text, { ...read(text), role_lists: { operator: [{ name: 'Stand-in' }] } });
    expect(read(roles).role_lists).toEqual({ operator: [{ name: 'Stand-in' }] });
    expect(roles).not.toContain('# the first');
    const renumbered = textWith(text, { ...read(text), role_lists: { operator: [{ name: 'Main', number: 7 }] } });
    expect(read(renumbered).role_lists).toEqual({ operator: [{ name: 'Main', number: 7 }] });
    expect(renumbered).toContain('# the first');
    const before = read(text);
    const state = { type: 'enum', options: [{ value: 'off' }, { value: 'idle', label: 'Idle: no work' }] } as const;
    const after = withField(before, 'machine', 'state', { ...state, options: [...state.options] });
    expect(read(textWith(text, after))).toEqual(after);
  });

  it('is written anew where the text could not say it otherwise', () => {
    const shared = 'types:\n  a: &a { label: One }\n  b: *a\n';
    const wanted = { types: { a: { label: 'Two' }, b: { label: 'One' } } };
    expect(read(textWith(shared, wanted))).toEqual(wanted);
    const without = { types: { b: { label: 'One' } } };
    expect(read(textWith(shared, without))).toEqual(without);
    expect(read(textWith('', wanted))).toEqual(wanted);
  });

  it.each(['yes', 'null', '12', '', 'a: b', '# no comment', '- item', "it's", '*star', ' spaces ', 'two\nlines'])(
    'keeps a label of %j text',
    (label) => {
      const wanted = { ...read(text), types: { machine: { label }, person: { label } } };
      expect(read(textWith(text, wanted))).toEqual(wanted);
    },
  );

  it('goes as YAML, and as JSON where it is more than the server reads of YAML', () => {
    expect(bodyOf(begun(stored))).toEqual({ content: text, type: 'application/yaml', etag: '"4"' });
    const large = { text: `${text}# ${'x'.repeat(130 * 1024)}\n`, etag: '"4"' };
    const { content, type } = bodyOf(begun(large));
    expect(type).toBe('application/json');
    expect(JSON.parse(content)).toEqual(read(text));
  });
});

describe('two who change the schema at once', () => {
  it('both have what each of them has changed', () => {
    const asStored = text.replaceAll(/ *#.*$/gm, ''); // comments are not
    const theirs = { text: asStored.replace('person: {}', 'person: {}\n  valve: { label: Valve }'), etag: '"5"' };
    const mine = onTopOf(theirs, formed(begun(stored), addHours));
    expect(mine.from).toBe(theirs);
    expect(Object.keys(read(textOf(mine)).types ?? {})).toEqual(['machine', 'person', 'valve']);
    expect(read(textOf(mine)).types?.machine?.fields).toHaveProperty('hours');
    expect(textOf(mine)).toContain('# painted on');
  });

  it.each([
    ['what only they have changed is theirs', { a: 1 }, { a: 1 }, { a: 2 }, { a: 2 }],
    ['what only I have changed is mine', { a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }],
    ['what both have changed is mine', { a: 1 }, { a: 2 }, { a: 3 }, { a: 2 }],
    ['what I have removed is gone', { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 2 }],
    ['what they have removed is gone', { a: 1, b: 1 }, { a: 1, b: 2 }, { b: 1 }, { b: 2 }],
    ['a list is one thing', { a: [1] }, { a: [1, 2] }, { a: [1, 3] }, { a: [1, 2] }],
    ['the same change of both is no conflict', { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }],
    ['within what both have made there are both', {}, { n: { a: 1 } }, { n: { b: 2 } }, { n: { b: 2, a: 1 } }],
  ])('%s', (_, from, mine, theirs, both) => {
    expect(mergedWith(theirs, mine, from)).toEqual(both);
  });
});

describe('the parts of a schema', () => {
  it('are found by the place that the API names, and by what is deeper within', () => {
    const schema = read(text);
    expect(chosenBy('types.machine', schema)).toEqual({ kind: 'type', key: 'machine', field: null });
    expect(chosenBy('types.machine.fields.state.options[1].value', schema)).toEqual({
      kind: 'type',
      key: 'machine',
      field: 'state',
    });
    expect(chosenBy('types.person.fields.external_id', schema)).toEqual({
      kind: 'type',
      key: 'person',
      field: 'external_id',
    });
    expect(chosenBy('links.machine.operators.to', schema)).toEqual({ kind: 'link', key: 'machine.operators' });
    expect(chosenBy('role_lists.operator[1].name', schema)).toEqual({ kind: 'role_list', key: 'operator' });
    expect(chosenBy('types.mach', schema)).toBe(undefined);
    expect(chosenBy('interfaces.x', schema)).toBe(undefined);
  });

  it('go with all that leads to them, and come back with it', () => {
    const schema = withField(read(text), 'machine', 'keeper', { type: 'lookup', to: 'person' });
    const without = withoutType(schema, 'person');
    expect(without.links).toEqual({});
    expect(without.types?.machine?.fields).not.toHaveProperty('keeper');
    expect(withTypeBack(without, schema, 'person')).toEqual(schema);
  });

  it('may be called as what every object has', () => {
    expect(withEntry({}, '__proto__', 1)).toEqual(Object.fromEntries([['__proto__', 1]]));
    expect(chosenBy('types.constructor', {})).toBe(undefined);
    expect(chosenBy('types.constructor', { types: { constructor: {} } as never })).toMatchObject({
      key: 'constructor',
    });
  });

  it.each([
    ['Purchase order', 'purchase_order'],
    ['  2nd Größe (mm) ', 'nd_gro_e_mm'],
    ['Éléments', 'elements'],
    ['机器', ''],
  ])('of the label %j have the key %j', (label, key) => {
    expect(keyOf(label)).toBe(key);
  });

  it('have a key that the API takes, and that no other has', () => {
    expect(flawOfKey('order_2', ['order'])).toBe(null);
    expect(flawOfKey('order', ['order'])).toContain('already');
    for (const key of ['', '2nd', 'Order', 'a b', 'ä', 'a'.repeat(64)]) expect(flawOfKey(key, [])).toContain('begins');
  });
});
