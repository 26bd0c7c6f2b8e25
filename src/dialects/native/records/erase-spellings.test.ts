// Under a key rule, what is kept may name a record in another spelling than its own: an erasure finds it by the rule.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json } from '../test-client.ts';

const { call, databaseUrl } = await demoServer();
const client = new pg.Client({ connectionString: databaseUrl });

const ok = (answer: Answer): Json => {
  expect([200, 201, 202, 207], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
};

/** Rows of any table that have the text, as they are. */
async function whereIs(text: string): Promise<string[]> {
  const { rows: tables } = await client.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  );
  const found: string[] = [];
  for (const { relname } of tables) {
    const { rows } = await client.query(`select t::text as row from ${relname} t where strpos(t::text, $1) > 0`, [
      text,
    ]);
    found.push(...rows.map(({ row }) => `${relname} ${row}`));
  }
  return found;
}
const tablesWith = async (text: string): Promise<string[]> => [
  ...new Set((await whereIs(text)).map((row) => row.split(' ')[0] ?? '')),
];

/** Leaves a mark in every kept text that names a record by this spelling of its key. */
async function mention(spelling: string, mark: string): Promise<void> {
  const ref = `external_id:${encodeURIComponent(spelling)}`;
  // Its own row that is rejected, rows of other records that look it up, as links and by their values.
  ok(await call('POST', '/v1/records/contact/import', { body: [{ external_id: spelling, nonsense: mark }] }));
  const other = { external_id: 'other', nonsense: mark, email: `to ${spelling} @` };
  ok(await call('POST', '/v1/records/contact/import', { body: [other] }));
  const escaped = JSON.stringify(other).replaceAll(
    /[^\0-\x7f]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  ok(
    await call('POST', '/v1/records/contact/import', {
      body: `${escaped}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    }),
  );
  const pair = { left: 'external_id:nobody', right: `external_id:${spelling}`, role: mark };
  ok(await call('POST', '/v1/links/claim.contacts/import', { body: [pair] }));
  // Plans, answers that are kept, links that wait.
  ok(
    await call('PATCH', `/v1/records/contact/external_id:plan-${mark}?plan=true`, {
      body: { fields: { name: `as ${spelling}`, phone: mark } },
    }),
  );
  ok(
    await call('PATCH', `/v1/records/contact/external_id:answer`, {
      body: { fields: { name: `as ${spelling}`, phone: mark } },
      headers: { 'idempotency-key': `answer ${mark}` },
    }),
  );
  ok(await call('PATCH', `/v1/records/contact/external_id:answer`, { body: { fields: { name: '', phone: '' } } }));
  ok(
    await call('PUT', `/v1/records/claim/external_id:never/links/contacts/${ref}`, {
      body: { role: 'Broker', onMissing: 'defer', attributes: { note: mark } },
    }),
  );
}

describe('erasing a record whose key has a rule', () => {
  beforeAll(async () => {
    await client.connect();
    const schema = ok(await call('GET', '/v1/schema'));
    for (const type of ['contact', 'element']) {
      schema.types[type].fields.external_id = {
        ...schema.types[type].fields?.external_id,
        type: 'text',
        unique: true,
        key_rule: ['trim', 'fold', 'nfc'],
      };
    }
    ok(await call('PUT', '/v1/schema', { body: schema }));
  });
  afterAll(() => client.end());

  it.each([
    ['case', 'Zqx-Case', 'zQX-cASE'],
    ['white space', 'zqx trim', '\t zqx trim\u00a0'],
    ['accents', 'Zqx-\u00e9t\u00e9', 'zqx-E\u0301te\u0301'],
    ['accents in escapes', 'zqx-\u00fc7', 'zqx-\u00dc7'],
    ['one letter for two', 'zqx-strasse', 'ZQX-Stra\u00dfe'],
    ['two letters for one', 'zqx-gro\u00df', 'ZQX-GROSS'],
    ['a ligature', 'zqx-office', 'zqx-o\ufb03ce'],
    ['signs of regular expressions', 'zqx.(a+)[b]\\d|$^', 'ZQX.(A+)[B]\\D|$^'],
  ])('finds other spellings in all that is kept: %s', async (name, key, spelling) => {
    const mark = `mark-${name.replaceAll(' ', '')}`;
    await mention(spelling, mark);
    await mention(`${spelling.trim()}x`, `stays-${mark}`);
    ok(await call('PATCH', `/v1/records/contact/external_id:${encodeURIComponent(key)}`, { body: { fields: {} } }));
    expect(await tablesWith(`"${mark}`)).toEqual(expect.arrayContaining(['import_rejection', 'plan_item']));
    ok(await call('POST', `/v1/records/contact/external_id:${encodeURIComponent(spelling)}/erase`));
    expect((await whereIs(mark)).filter((row) => !row.includes(`stays-${mark}`) && !isOfAnother(row))).toEqual([]);
    expect(await tablesWith(`stays-${mark}`)).toEqual(
      expect.arrayContaining(['idempotency', 'import_rejection', 'pending_link', 'plan_item']),
    );
  });

  it('finds the longest of keys', async () => {
    const key = `\u00dfs\u03b1\u0345`.repeat(64).slice(0, 255);
    ok(await call('POST', '/v1/records/contact/import', { body: [{ external_id: key, nonsense: 'mark-long' }] }));
    ok(await call('PATCH', `/v1/records/contact/external_id:${encodeURIComponent(key)}`, { body: { fields: {} } }));
    ok(await call('POST', `/v1/records/contact/external_id:${encodeURIComponent(key)}/erase`));
    expect(await whereIs('mark-long')).toEqual([]);
  });

  it('leaves texts with a longer word, or a word with another accent', async () => {
    await mention('Cafe\u0301', 'mark-accent');
    ok(await call('PATCH', '/v1/records/contact/external_id:CAFE', { body: { fields: {} } }));
    ok(await call('POST', '/v1/records/contact/external_id:cafe/erase'));
    expect(await tablesWith('mark-accent')).toEqual(
      expect.arrayContaining(['idempotency', 'import_rejection', 'pending_link', 'plan_item']),
    );
  });

  it('takes a link that waits for it by another spelling, and a former key in any', async () => {
    ok(await call('PATCH', '/v1/records/contact/external_id:Former-Q', { body: { fields: {} } }));
    ok(await call('PATCH', '/v1/records/contact/external_id:FORMER-Q', { body: { fields: { external_id: 'Now-Q' } } }));
    ok(
      await call('POST', '/v1/records/contact/import', {
        body: [{ external_id: 'former-q', nonsense: 'mark-former' }],
      }),
    );
    ok(await call('DELETE', '/v1/records/contact/external_id:now-q'));
    ok(
      await call('PUT', '/v1/records/claim/external_id:never/links/contacts/external_id:NOW-Q', {
        body: { role: 'Broker', onMissing: 'defer', attributes: { note: 'mark-waits' } },
      }),
    );
    const erased = ok(await call('POST', '/v1/records/contact/external_id:NOW-Q/erase'));
    expect(erased.counts).toMatchObject({ pending_links: 1, rejected_rows: 1 });
    expect(await whereIs('mark-former')).toEqual([]);
    expect(await whereIs('mark-waits')).toEqual([]);
  });

  it('empties issues of elements with its key, a short one too', async () => {
    const set = async (elements: object[]): Promise<Json> =>
      ok(await call('POST', '/v1/interfaces/myendpoint/runs', { body: elements }));
    await set([{ external_id: 'Q1', name: 'Short', length: 'mark-short' }, { external_id: 'stays' }]);
    await set([
      { external_id: ' q1', name: 'Short', length: 'mark-short' },
      { external_id: 'stays', length: 'q1' },
    ]);
    await set([{ external_id: 'stays' }]);
    ok(await call('POST', '/v1/records/element/external_id:Q1/erase'));
    expect((await whereIs('mark-short')).filter((row) => row.startsWith('issue'))).toEqual([]);
    const { rows } = await client.query(`select value from issue where key = 'stays' and code <> 'stale'`);
    expect(rows.map(({ value }) => value)).toContain('q1');
  });
});

/** History and values of the record that was written with the text: what another record says is not reached. */
const isOfAnother = (row: string): boolean => /^(record|change) /.test(row);
