import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { amend } from '../../../test/steps.ts';
import { InterfaceClient, synchronizing } from './test-client.ts';
import { addInterfaces } from './test-schema.ts';

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
});
afterAll(() => server.close());
beforeEach(async () => {
  await client.sync([]);
});

const counts = (
  given: Partial<Record<'received' | 'created' | 'updated' | 'deleted' | 'unchanged' | 'issues', number>>,
) => ({
  received: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  issues: 0,
  ...given,
});

describe('a complete set', () => {
  it('creates, updates and deletes, in JSON', async () => {
    const a = { '@externalid': 'A', Name: 'Pump', Installed_x0020_on: '1991-03-07', Length: 81.5 };
    expect((await client.sync([a, { '@externalid': 'B' }])).counts).toEqual(counts({ received: 2, created: 2 }));
    const second = await client.sync([{ ...a, Name: 'Pump 2' }, { '@externalid': 'C' }]);
    expect(second.counts).toEqual(counts({ received: 2, created: 1, updated: 1, deleted: 1 }));
    expect(await client.elements('name', 'installed_on', 'length')).toEqual([
      ['A', 'Pump 2', '1991-03-07', 81.5],
      ['C', null, null, null],
    ]);
  });

  it('creates, updates and deletes, in XML', async () => {
    const c = '<Element externalid="C"/>';
    const a = (name: string) =>
      `<Element externalid="A"><Name>${name}</Name><Installed_x0020_on>1991-03-07</Installed_x0020_on><Length>81.5</Length></Element>`;
    await client.syncXml(`${a('Pump')}<Element externalid="B"/>`);
    const second = await client.syncXml(a('Pump &amp; <![CDATA[<valve>]]> &#x20AC;') + c);
    expect(second.counts).toEqual(counts({ received: 2, created: 1, updated: 1, deleted: 1 }));
    expect(await client.elements('name', 'installed_on', 'length')).toEqual([
      ['A', 'Pump & <valve> €', '1991-03-07', 81.5],
      ['C', null, null, null],
    ]);
  });

  it('says in its answer, and in the log, when it would have deleted more than the interface allows', async () => {
    const guarded = (guard: object) =>
      amend(server.hub, client.caller, (current) => {
        const elements = { name: 'Elements', type: 'element', ...current.interfaces?.myendpoint, guard };
        return { ...current, interfaces: { ...current.interfaces, myendpoint: elements } };
      });
    await client.sync([{ '@externalid': 'A' }, { '@externalid': 'B' }]);
    await guarded({ deletes: 1 });
    const answer = await client.post('{"Elements":[]}');
    expect(JSON.parse(answer.text)).toMatchObject({
      deleted: 0,
      issues: 1,
      heldDeletes: 2,
      message: expect.stringMatching(/^DeletesHeld: /),
    });
    expect(await client.elements()).toHaveLength(2);
    await guarded({});
  });

  it('changes nothing the second time, in whichever format and order', async () => {
    await client.sync([{ '@externalid': 'A', Name: 'Pump', Length: 2 }, { '@externalid': 'B' }]);
    const again = await client.syncXml(
      '<Element externalid="B"/><Element externalid="A"><Length> 2.0 </Length><Name>Pump</Name></Element>',
    );
    expect(again.counts).toEqual(counts({ received: 2, unchanged: 2 }));
  });

  it('deletes all when it is empty, in both formats', async () => {
    await client.sync([{ '@externalid': 'A' }, { '@externalid': 'B' }]);
    expect((await client.sync([])).counts).toEqual(counts({ deleted: 2 }));
    await client.sync([{ '@externalid': 'A' }]);
    expect((await client.syncXml('')).counts).toEqual(counts({ deleted: 1 }));
    expect(await client.keys()).toEqual([]);
  });

  it('counts an element that comes back as created', async () => {
    await client.sync([{ '@externalid': 'A', Name: 'Pump' }]);
    await client.sync([]);
    expect((await client.sync([{ '@externalid': 'A' }])).counts).toEqual(counts({ received: 1, created: 1 }));
    expect(await client.elements('name')).toEqual([['A', null]]);
  });

  it('deletes no record of another type', async () => {
    const before = await server.hub.count(client.caller, 'contact');
    await client.sync([]);
    expect(await server.hub.count(client.caller, 'contact')).toBe(before);
  });

  it('takes external ids of any characters, numbers by their digits, up to 450', async () => {
    const keys = [
      'a/b+c%d é',
      'link',
      'count',
      'a:b:c',
      client.caller.requestId,
      'x'.repeat(450),
      '6f1c1c3e-6a3c-4a61-9a2b-0d7b1f2f9c11',
    ];
    await client.sync(keys.map((key) => ({ '@externalid': key })));
    expect(await client.keys()).toEqual(keys);
    await client.processed(await client.post('{"Elements":[{"@externalid":42},{"@externalid":12345678901234567890}]}'));
    expect(await client.keys()).toEqual(['42', '12345678901234567890']);
  });

  it('may begin with a byte order mark', async () => {
    const bom = new Uint8Array([0xef, 0xbb, 0xbf]);
    const body = (text: string) => new Uint8Array(Buffer.concat([bom, Buffer.from(text)]));
    expect((await client.post(body('{"Elements":[{"@externalid":"A"}]}'))).status).toBe(200);
    const xml = '<?xml version="1.0"?><elements><Elements><Element externalid="A"/></Elements></elements>';
    const answer = await client.post(body(xml), { 'content-type': 'text/xml; charset=utf-8' });
    expect((await client.processed(answer)).counts).toEqual(counts({ received: 1, unchanged: 1 }));
  });

  it('is one of several sent at once: processed one after the other, unless a newer one came before its turn', async () => {
    const sets = [1, 2, 3, 4].map((set) => [1, 2, 3].map((n) => ({ '@externalid': `${set}-${n}` })));
    const answers = await Promise.all(sets.map((set) => client.post(JSON.stringify({ Elements: set }))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const results = await Promise.all(answers.map((answer) => client.processed(answer)));
    const processed = results.filter(({ counts }) => counts.created === 3);
    const deleted = results.reduce((sum, result) => sum + result.counts.deleted, 0);
    expect(deleted).toBe((processed.length - 1) * 3);
    for (const { counts } of results)
      if (counts.created === 0)
        expect(counts).toMatchObject({ received: 3, message: expect.stringMatching(/^Superseded: /) });
    expect(sets.map((set) => set.map((element) => element['@externalid']))).toContainEqual(await client.keys());
  });
});

describe('two interfaces of one type element', () => {
  beforeAll(() => addInterfaces(server.hub, client.caller, { second: { name: 'Second', type: 'element' } }));
  const syncSecond = async (elements: readonly Record<string, unknown>[]) => {
    const answer = await client.post(
      JSON.stringify({ Elements: elements }),
      {},
      synchronizing.replace('myendpoint', 'second'),
    );
    return (await client.processed(answer)).counts;
  };

  it('each delete only what they created or supplied', async () => {
    await client.sync([{ '@externalid': 'A' }]);
    expect(await syncSecond([{ '@externalid': 'B' }])).toEqual(counts({ received: 1, created: 1 }));
    expect((await client.sync([])).counts).toEqual(counts({ deleted: 1 }));
    expect(await client.keys()).toEqual(['B']);
    expect(await syncSecond([])).toEqual(counts({ deleted: 1 }));
  });

  it('have nothing more to do with an element that the other one deleted, even when it comes back', async () => {
    await client.sync([{ '@externalid': 'A' }]);
    await syncSecond([{ '@externalid': 'A' }]);
    await syncSecond([]);
    expect((await client.sync([])).counts).toEqual(counts({}));
    expect(await syncSecond([{ '@externalid': 'A' }])).toEqual(counts({ received: 1, created: 1 }));
    expect((await client.sync([])).counts).toEqual(counts({}));
    expect(await client.keys()).toEqual(['A']);
    await syncSecond([]);
  });
});

describe('members', () => {
  it('that are absent stay, and that are null or empty are cleared', async () => {
    const full = { '@externalid': 'A', Name: 'Pump', Installed_x0020_on: '1991-03-07', Length: 81.5 };
    await client.sync([full]);
    expect((await client.sync([{ '@externalid': 'A' }])).counts.unchanged).toBe(1);
    await client.sync([{ '@externalid': 'A', Name: null, Length: '' }]);
    expect(await client.elements('name', 'installed_on', 'length')).toEqual([['A', null, '1991-03-07', null]]);
    await client.syncXml('<Element externalid="A"><Installed_x0020_on>\n  </Installed_x0020_on></Element>');
    expect(await client.elements('installed_on')).toEqual([['A', null]]);
  });

  it('are called by label or by key, escaped or not', async () => {
    await client.sync([{ '@externalid': 'A', name: 'Pump', installed_x005F_on: '1991-03-07' }]);
    expect(await client.elements('name', 'installed_on')).toEqual([['A', 'Pump', '1991-03-07']]);
    await client.sync([{ '@externalid': 'A', 'Installed on': '1991-03-08', _x004E_ame: 'Valve' }]);
    expect(await client.elements('name', 'installed_on')).toEqual([['A', 'Valve', '1991-03-08']]);
  });

  it('that are unknown are skipped with an issue', async () => {
    const { counts, issues } = await client.sync([
      { '@externalid': 'A', Name: 'Pump', Colour_x0020_code: { a: ['red'] }, NAME: 'x' },
    ]);
    expect(counts).toMatchObject({ created: 1, issues: 2 });
    expect(issues).toMatchObject([
      {
        code: 'unknown_member',
        severity: 'warning',
        key: 'A',
        member: 'Colour code',
        path: expect.stringContaining('Elements[0]'),
      },
      { code: 'unknown_member', member: 'NAME' },
    ]);
    const xml = await client.syncXml('<Element externalid="A"><Colour code="1"><Deep>red</Deep></Colour></Element>');
    expect(xml.issues).toMatchObject([{ code: 'unknown_member', member: 'Colour', value: 'red' }]);
  });

  it('that Relatics owns are kept, with an issue', async () => {
    await client.sync([{ '@externalid': 'A' }]);
    const ref = { by: 'key', field: 'external_id', value: 'A' } as const;
    const note = { type: 'element', ref, mode: 'update', fields: { internal_note: 'ours' } } as const;
    expect(await server.hub.upsert(client.caller, note)).toMatchObject({ kind: 'updated' });
    const { counts, issues } = await client.sync([{ '@externalid': 'A', Name: 'Pump', Internal_x0020_note: 'theirs' }]);
    expect(counts).toMatchObject({ updated: 1, issues: 1 });
    expect(issues).toMatchObject([
      { code: 'not_owned', severity: 'warning', key: 'A', member: 'Internal note', value: 'theirs' },
    ]);
    expect(await client.elements('name', 'internal_note')).toEqual([['A', 'Pump', 'ours']]);
  });

  it.each([
    ['Installed_x0020_on', '07-03-1991'],
    ['Installed_x0020_on', '1991-02-30'],
    ['Length', '81,5'],
    ['Length', '0.0001'],
    ['Length', { a: 1 }],
    ['Length', [81.5]],
    ['Name', 'x\u0000y'],
    ['Name', '\ud800'],
    ['Name', 5],
  ])('%s with the bad value %j keeps its value, and the rest is applied', async (member, value) => {
    await client.sync([{ '@externalid': 'A', Name: 'Pump', Installed_x0020_on: '1991-03-07', Length: 81.5 }]);
    const { counts, issues } = await client.sync([
      { '@externalid': 'A', Name: 'Pump', Installed_x0020_on: '2024-01-01', Length: 1, [member]: value },
    ]);
    expect(counts).toMatchObject({ received: 1, updated: 1, deleted: 0, issues: 1 });
    expect(issues).toMatchObject([{ code: 'invalid_value', severity: 'error', key: 'A' }]);
    expect(await client.elements('name', 'installed_on', 'length')).toEqual([
      ['A', 'Pump', member === 'Installed_x0020_on' ? '1991-03-07' : '2024-01-01', member === 'Length' ? 81.5 : 1],
    ]);
  });

  it('hold numbers that lose no digit, or are refused', async () => {
    const { issues } = await client.processed(
      await client.post(
        '{"Elements":[{"@externalid":"A","Length":"0012.50"},{"@externalid":"B","Length":123456789012345.678}]}',
      ),
    );
    expect(issues).toMatchObject([{ code: 'invalid_value', key: 'B', value: '123456789012345.678' }]);
    expect(await client.elements('length')).toEqual([
      ['A', 12.5],
      ['B', null],
    ]);
  });

  it.each(['a\u0000b', '\ud800'])(
    'of an element whose key %j cannot be stored are skipped, and nothing is deleted for it',
    async (key) => {
      await client.sync([{ '@externalid': 'A' }]);
      const { counts, issues } = await client.sync([
        { '@externalid': 'A' },
        { '@externalid': key, 'n\u0000': 'v\u0000' },
      ]);
      expect(counts).toEqual({ received: 2, created: 0, updated: 0, deleted: 0, unchanged: 1, issues: 1 });
      expect(issues).toMatchObject([{ code: 'invalid_key', severity: 'error', path: 'Elements[1]' }]);
      expect(await client.keys()).toEqual(['A']);
    },
  );

  it('are not judged by a later element of the same external id: the first counts', async () => {
    const { counts, issues } = await client.sync([
      { '@externalid': 'A', Name: 'first' },
      { '@externalid': 'B' },
      { '@externalid': 'A', Name: 'second' },
    ]);
    expect(counts).toMatchObject({ received: 3, created: 2, issues: 1 });
    expect(issues).toMatchObject([{ code: 'duplicate_key', severity: 'error', key: 'A', path: 'Elements[2]' }]);
    expect(await client.elements('name')).toEqual([
      ['A', 'first'],
      ['B', null],
    ]);
  });
});

describe('relations', () => {
  const ada = 2001;
  const tom = 106;
  let adaId = '';
  let tomId = '';
  beforeAll(async () => {
    adaId = await client.idOf('contact', ada);
    tomId = await client.idOf('contact', tom);
  });
  const related = (...ids: string[]) => ({ '@externalid': 'A', Contacts: ids.map((id) => ({ '@id': id })) });

  it('become exactly the set given, stay when absent, and are emptied by an empty one', async () => {
    await client.sync([related(adaId)]);
    expect(await client.contactsOf('A')).toEqual([ada]);
    expect((await client.sync([related(tomId, adaId)])).counts).toMatchObject({ updated: 1 });
    expect(await client.contactsOf('A')).toEqual([tom, ada]);
    expect((await client.sync([{ '@externalid': 'A' }])).counts).toMatchObject({ unchanged: 1 });
    expect((await client.sync([related(adaId.toUpperCase(), tomId, adaId)])).counts).toMatchObject({
      unchanged: 1,
      issues: 0,
    });
    await client.syncXml(
      `<Element externalid="A"><Contacts>\n<Contact id="${tomId}" displayname="Tom"/>\n</Contacts></Element>`,
    );
    expect(await client.contactsOf('A')).toEqual([tom]);
    await client.syncXml('<Element externalid="A"><Contacts/></Element>');
    expect(await client.contactsOf('A')).toEqual([]);
  });

  it('go with the element that is deleted', async () => {
    await client.sync([related(adaId)]);
    await client.sync([]);
    await client.sync([{ '@externalid': 'A' }]);
    expect(await client.contactsOf('A')).toEqual([]);
  });

  it.each(['6f1c1c3e-6a3c-4a61-9a2b-0d7b1f2f9c11', 'nobody', '', 'an id \u0000'])(
    'with a target %j that is not there stay as they were',
    async (id) => {
      await client.sync([related(adaId)]);
      const { counts, issues } = await client.sync([{ ...related(tomId, id), Name: 'Pump' }]);
      expect(counts).toMatchObject({ updated: 1, issues: 1 });
      expect(issues).toMatchObject([
        { code: 'unknown_relation_target', severity: 'error', key: 'A', member: 'Contacts' },
      ]);
      expect(await client.contactsOf('A')).toEqual([ada]);
    },
  );

  it('with a target of another type stay as they were', async () => {
    const claim = await client.idOf('claim', 5001);
    const { issues } = await client.sync([related(claim)]);
    expect(issues).toMatchObject([{ code: 'unknown_relation_target', key: 'A' }]);
    expect(await client.contactsOf('A')).toEqual([]);
  });
});
