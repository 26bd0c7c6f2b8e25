/** Links of records that are named by their ids. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf, idOf, sugarServer } from '../test-client.ts';

const base = '/rest/v11_10';
const notFound = (text: string) => ({ status: 404, body: { error: 'not_found', error_message: text } });

describe('plain links', () => {
  const server = sugarServer();
  const { call } = server;
  beforeAll(async () => {
    const outcome = await server.hub.applySchema(
      await adminOf(server.hub),
      (current) => ({
        ...current,
        types: { ...current.types, guild: { fields: { motto: { type: 'text' }, number: { type: 'integer' } } } },
        links: {
          ...current.links,
          'guild.allies': { to: 'guild', inverse: 'allied_with' },
          'guild.patron': { to: 'contact', inverse: 'patronage', cardinality: 'one-to-one' },
        },
      }),
      { allowLoss: false },
    );
    expect(outcome.kind).toBe('applied');
  });

  const make = async (module: string, name: string, fields: object = {}) =>
    idOf(await call('POST', `${base}/${module}`, { name, ...fields }));
  const linked = async (module: string, id: string, link: string) => {
    const { body } = await call('GET', `${base}/${module}/${id}/link/${link}?fields=name`);
    return (body as { records: { name: string }[] }).records.map(({ name }) => name).sort();
  };

  it('join two records and answer with both, and with the same again', async () => {
    const [account, contact] = [await make('Accounts', 'Mill'), await make('Contacts', 'Ann')];
    const path = `${base}/Accounts/${account}/link/contacts/${contact}`;
    for (const body of [undefined, {}, { list: [1] }]) {
      expect(await call('POST', path, body)).toMatchObject({
        status: 200,
        body: {
          record: { id: account, name: 'Mill', _module: 'Accounts' },
          related_record: { id: contact, name: 'Ann', _module: 'Contacts' },
        },
      });
    }
    expect(await linked('Accounts', account, 'contacts')).toEqual(['Ann']);
    for (let times = 0; times < 2; times++) {
      expect(await call('DELETE', path)).toMatchObject({
        status: 200,
        body: { record: { id: account }, related_record: { id: contact } },
      });
    }
    expect(await linked('Accounts', account, 'contacts')).toEqual([]);
  });

  it('join many records at once, each with its columns, or none if one of them is not there', async () => {
    const deal = await make('Opportunities', 'Deal');
    const [ann, ben] = [await make('Contacts', 'Ann'), await make('Contacts', 'Ben')];
    const link = (body: object) => call('POST', `${base}/Opportunities/${deal}/link`, body);
    expect(await link({ link_name: 'contacts', ids: [ann, 'nobody'] })).toMatchObject(
      notFound('Could not find record: nobody in module: Contacts'),
    );
    expect(await linked('Opportunities', deal, 'contacts')).toEqual([]);
    const answer = await link({
      link_name: 'contacts',
      ids: [ann, { id: ben, opportunity_role: 'Influencer', since: 2020 }],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        record: { id: deal },
        related_records: [
          { id: ann, opportunity_role: '' },
          { id: ben, opportunity_role: 'Influencer', since: 2020 },
        ],
      },
    });
    expect(await linked('Opportunities', deal, 'contacts')).toEqual(['Ann', 'Ben']);
    expect((await link({ link_name: 'contacts', ids: [] })).body).toMatchObject({ related_records: [] });
  });

  it('need a name and ids, of records and links that there are', async () => {
    const account = await make('Accounts', 'Bare');
    const link = (body: object) => call('POST', `${base}/Accounts/${account}/link`, body);
    expect(await link({ ids: [] })).toMatchObject({ status: 422, body: { error: 'missing_parameter' } });
    expect(await link({ link_name: 'contacts' })).toMatchObject({ status: 422, body: { error: 'missing_parameter' } });
    for (const ids of [[{}], [[1]], [null], { a: 1 }]) {
      expect(await link({ link_name: 'contacts', ids })).toMatchObject({
        status: 422,
        body: { error: 'invalid_parameter' },
      });
    }
    expect(await link({ link_name: 'foo', ids: [] })).toMatchObject(
      notFound('Could not find a relationship named: foo'),
    );
    expect(await call('POST', `${base}/Accounts/nobody/link/contacts/x`)).toMatchObject(
      notFound('Could not find record: nobody in module: Accounts'),
    );
  });

  it('make a related record together with its link, and none where there can be no link', async () => {
    const deal = await make('Opportunities', 'New');
    const create = (body: object) => call('POST', `${base}/Opportunities/${deal}/link/contacts`, body);
    const made = await create({ name: 'Made', first_name: 'Max', opportunity_role: 'Influencer', unknown: 1 });
    expect(made).toMatchObject({
      status: 200,
      body: {
        record: { id: deal },
        related_record: { first_name: 'Max', name: 'Max', opportunity_role: 'Influencer' },
      },
    });
    expect((made.body as { related_record: object }).related_record).not.toHaveProperty('unknown');
    const count = async () => (await call('GET', `${base}/Contacts/count`)).body;
    const before = await count();
    expect(await create({ name: 'Lost', opportunity_role: 'Nobody' })).toMatchObject({ status: 422 });
    expect(await count()).toEqual(before);
  });

  it('are read and changed by both ids, once they are there', async () => {
    const [deal, ann] = [await make('Opportunities', 'Read'), await make('Contacts', 'Ann')];
    const path = `${base}/Opportunities/${deal}/link/contacts/${ann}`;
    const missing = notFound(`Could not find record: ${ann} in module: Contacts`);
    expect(await call('GET', path)).toMatchObject(missing);
    expect(await call('PUT', path, { opportunity_role: 'Influencer' })).toMatchObject(missing);
    await call('POST', path, { note: 'met' });
    expect((await call('GET', path)).body).toMatchObject({ id: ann, opportunity_role: '', note: 'met' });
    expect((await call('PUT', path, { opportunity_role: 'Influencer' })).body).toMatchObject({
      record: { id: deal },
      related_record: { opportunity_role: 'Influencer', note: 'met' },
    });
    // From the other end it is the same pair.
    expect((await call('GET', `${base}/Contacts/${ann}/link/opportunities/${deal}`)).body).toMatchObject({
      id: deal,
      opportunity_role: 'Influencer',
    });
  });

  it('obey the rights of the user, and say so with 403', async () => {
    const [account, contact] = [await make('Accounts', 'Closed'), await make('Contacts', 'Ann')];
    const denied = { status: 403, body: { error: 'not_authorized' } };
    const as = 'member';
    const path = `${base}/Accounts/${account}/link`;
    expect(await call('POST', `${path}/contacts/${contact}`, {}, { as })).toMatchObject(denied);
    expect(await call('POST', path, { link_name: 'contacts', ids: [contact] }, { as })).toMatchObject(denied);
    expect(await call('DELETE', `${path}/contacts/${contact}`, undefined, { as })).toMatchObject(denied);
    expect(await call('GET', `${path}/contacts`, undefined, { as })).toMatchObject({ status: 200 });
  });

  it('between one and one replace what either had', async () => {
    const [smiths, bakers] = [await make('Guilds', 'Smiths'), await make('Guilds', 'Bakers')];
    const [ann, ben] = [await make('Contacts', 'Ann'), await make('Contacts', 'Ben')];
    await call('POST', `${base}/Guilds/${smiths}/link/patron/${ann}`);
    await call('POST', `${base}/Guilds/${bakers}/link/patron/${ben}`);
    await call('POST', `${base}/Contacts/${ben}/link/patronage/${smiths}`);
    expect(await linked('Guilds', smiths, 'patron')).toEqual(['Ben']);
    expect(await linked('Guilds', bakers, 'patron')).toEqual([]);
    expect(await linked('Contacts', ann, 'patronage')).toEqual([]);
  });

  describe('between many and many records of one module', () => {
    const key = (name: string) => call('PATCH', `${base}/integrate/Guilds/sync_key/${name}`, { name });
    it('are seen from both, whichever was linked to which, by keys and by ids', async () => {
      const [one, two] = [idOf(await key('Smiths')), idOf(await key('Bakers'))];
      const byKeys = `${base}/integrate/Guilds/sync_key`;
      await call('POST', `${byKeys}/Smiths/link/allies/sync_key/Bakers`);
      for (const link of ['allies', 'allied_with']) {
        expect(await linked('Guilds', one, link)).toEqual(['Bakers']);
        expect(await linked('Guilds', two, link)).toEqual(['Smiths']);
      }
      // The other way round is the same pair: no second row, and new columns for the one there is.
      expect((await call('POST', `${byKeys}/Bakers/link/allies/sync_key/Smiths`, { since: 1400 })).body).toEqual({
        record: two,
        related_record: one,
      });
      const stored = await server.hub.links(await adminOf(server.hub), { type: 'guild', link: 'allies', limit: 10 });
      expect(stored).toMatchObject({ items: [{ attributes: { since: 1400 } }] });
      expect((await call('GET', `${base}/Guilds/${two}/link/allies/${one}`)).body).toMatchObject({ since: 1400 });
      expect((await call('DELETE', `${base}/Guilds/${two}/link/allies/${one}`)).status).toBe(200);
      expect(await linked('Guilds', one, 'allies')).toEqual([]);
      expect(await linked('Guilds', two, 'allies')).toEqual([]);
    });

    it('filter through it from either side, and may join a record to itself', async () => {
      const [one, two] = [idOf(await key('Millers')), idOf(await key('Brewers'))];
      await call('POST', `${base}/Guilds/${one}/link/allies/${two}`);
      const found = await call('GET', `${base}/Guilds?filter[0][allies.name]=Millers&fields=name`);
      expect(found.body).toMatchObject({ records: [{ name: 'Brewers' }] });
      expect((await call('POST', `${base}/Guilds/${one}/link/allies/${one}`)).status).toBe(200);
      expect(await linked('Guilds', one, 'allies')).toEqual(['Brewers', 'Millers']);
    });
  });
});
