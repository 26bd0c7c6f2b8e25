import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import type { RecordTypeDocument } from '../../../model/schema.ts';
import { InterfaceClient, synchronizing } from '../test-client.ts';
import { changeSchema } from '../test-schema.ts';

const station: RecordTypeDocument = {
  label: 'Pump station',
  names: { relatics: '3D station' },
  extra: { relatics: { plural: '3D stations' } },
  owner: 'external',
  fields: {
    code: { type: 'text', unique: true, owner: 'external' },
    power: { type: 'integer', label: 'Power (kW)', owner: 'external', required: true },
    running: { type: 'boolean', owner: 'external' },
    state: { type: 'enum', options: [{ value: 'ok', label: 'In order' }, { value: 'broken' }], owner: 'external' },
    tags: {
      type: 'multi_enum',
      options: [{ value: 'a', label: 'Tag A' }, { value: 'b' }, { value: 'c' }],
      owner: 'external',
    },
    started: { type: 'datetime', names: { relatics: 'First start' }, owner: 'external' },
    twin_one: { type: 'text', label: 'Twin', owner: 'external' },
    twin_two: { type: 'text', label: 'Twin', owner: 'external' },
    keeper: { type: 'lookup', to: 'contact', inverse: 'stations_kept', label: 'Keeper', owner: 'external' },
  },
};

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await changeSchema(server.hub, client.caller, (current) => ({
    ...current,
    types: { ...current.types, station },
    links: {
      ...current.links,
      'element.stations': { to: 'station', inverse: 'parts_of_it', label: 'Part of', owner: 'external' },
    },
    interfaces: { ...current.interfaces, stations: { name: 'Stations', type: 'station', key: 'code' } },
  }));
});
afterAll(() => server.close());

const path = synchronizing.replace('myendpoint', 'stations');
const post = (stations: readonly Record<string, unknown>[]) =>
  client.post(JSON.stringify({ '3D_x0020_stations': stations }), {}, path);
const sync = async (stations: readonly Record<string, unknown>[]) => client.processed(await post(stations));
const syncXml = async (stations: string) => {
  const body = `<elements><_x0033_D_x0020_stations>${stations}</_x0033_D_x0020_stations></elements>`;
  return client.processed(await client.post(body, { 'content-type': 'application/xml' }, path));
};
const stored = async () => {
  const found = await server.hub.find(client.caller, 'station', { by: 'key', field: 'code', value: 'S-1' });
  return found.kind === 'found' ? found.record.fields : found.kind;
};
const one = (members: Record<string, unknown>) => [
  { '@externalid': 'S-1', Power_x0020__x0028_kW_x0029_: 5, ...members },
];
beforeEach(async () => {
  await sync([]);
});

describe('names', () => {
  it('of a type element can be said by the schema, and start with a digit in XML', async () => {
    const body =
      '<_x0033_D_x0020_station externalid="S-1"><Power_x0020__x0028_kW_x0029_>7</Power_x0020__x0028_kW_x0029_></_x0033_D_x0020_station>';
    expect((await syncXml(body)).counts).toMatchObject({ received: 1, created: 1, issues: 0 });
    expect(await stored()).toMatchObject({ code: 'S-1', power: 7, external_id: null });
  });

  it('of a property can be said by the schema', async () => {
    const { issues } = await sync(one({ First_x0020_start: '2024-03-07T09:15:00+01:00', Started: 'x' }));
    expect(issues).toMatchObject([{ code: 'unknown_member', member: 'Started' }]);
    expect(await stored()).toMatchObject({ started: '2024-03-07T08:15:00.000Z' });
  });

  it('that two members share mean neither; their keys still do', async () => {
    const { issues } = await sync(one({ Twin: 'lost?', twin_one: '1', twin_two: '2' }));
    expect(issues).toMatchObject([{ code: 'unknown_member', member: 'Twin' }]);
    expect(await stored()).toMatchObject({ twin_one: '1', twin_two: '2' });
  });

  it('of the property that holds the external id mean nothing', async () => {
    const { issues } = await sync(one({ Code: 'S-2', code: 'S-3' }));
    expect(issues.map((issue) => [issue.code, issue.member])).toEqual([
      ['unknown_member', 'Code'],
      ['unknown_member', 'code'],
    ]);
    expect(await stored()).toMatchObject({ code: 'S-1' });
  });
});

describe('values', () => {
  it.each([
    ['Running', 'true', 'running', true],
    ['Running', 'False', 'running', false],
    ['Running', false, 'running', false],
    ['Running', ' 1 ', 'running', true],
    ['Power_x0020__x0028_kW_x0029_', '-12', 'power', -12],
    ['Power_x0020__x0028_kW_x0029_', '+12.0', 'power', 12],
    ['State', 'broken', 'state', 'broken'],
    ['State', 'In order', 'state', 'ok'],
    ['Tags', ['c', 'a'], 'tags', ['a', 'c']],
    ['Tags', 'b\r\n Tag A \n', 'tags', ['a', 'b']],
    ['Tags', [], 'tags', null],
  ])('%s %j are read by the type of the property', async (member, value, field, expected) => {
    expect((await sync(one({ [member]: value }))).issues).toEqual([]);
    expect(await stored()).toMatchObject({ [field]: expected });
  });

  it.each([
    ['Running', 'yes'],
    ['Running', 1],
    ['State', 'In Order'],
    ['Tags', 'a b'],
    ['Tags', { a: true }],
    ['First_x0020_start', '2024-03-07 09:15'],
  ])('%s %j are refused when they are not of its type', async (member, value) => {
    const { counts, issues } = await sync(one({ [member]: value }));
    expect(counts).toMatchObject({ created: 1, issues: 1 });
    expect(issues).toMatchObject([
      { code: expect.stringMatching(/^(invalid_value|value_not_an_option)$/), key: 'S-1' },
    ]);
  });

  it('that are required are needed to create an element, and are kept when cleared', async () => {
    const without = await sync([{ '@externalid': 'S-1' }]);
    expect(without.counts).toMatchObject({ received: 1, created: 0 });
    expect(without.issues).toMatchObject([{ code: 'required_missing', severity: 'error', key: 'S-1' }]);
    await sync(one({}));
    const cleared = await sync(one({ Power_x0020__x0028_kW_x0029_: null, State: 'ok' }));
    expect(cleared.counts).toMatchObject({ updated: 1, deleted: 0, issues: 1 });
    expect(cleared.issues).toMatchObject([{ code: 'required_missing' }]);
    expect(await stored()).toMatchObject({ power: 5, state: 'ok' });
  });
});

describe('relations', () => {
  const targets = (...ids: string[]) => ids.map((id) => ({ '@id': id }));

  it('include lookups, with one target at most', async () => {
    const [tom, ada] = await Promise.all([client.idOf('contact', 106), client.idOf('contact', 2001)]);
    expect((await sync(one({ Keeper: targets(tom) }))).issues).toEqual([]);
    expect(await stored()).toMatchObject({ keeper: { number: 106 } });
    const { counts, issues } = await sync(one({ Keeper: targets(tom, ada), State: 'ok' }));
    expect(counts).toMatchObject({ updated: 1, issues: 1 });
    expect(issues).toMatchObject([{ code: 'cardinality_exceeded', member: 'Keeper' }]);
    expect(await stored()).toMatchObject({ keeper: { number: 106 }, state: 'ok' });
    await sync(one({ Keeper: targets(ada) }));
    expect(await stored()).toMatchObject({ keeper: { number: 2001 } });
    await sync(one({ Keeper: [] }));
    expect(await stored()).toMatchObject({ keeper: null });
  });

  it('are there from both ends', async () => {
    await client.sync([{ '@externalid': 'E-1' }]);
    const page = await server.hub.list(client.caller, { type: 'element', filters: [], sort: [], limit: 1 });
    const id = page.kind === 'page' ? (page.items[0]?.id ?? '') : '';
    expect((await sync(one({ Parts_x0020_of_x0020_it: targets(id) }))).issues).toEqual([]);
    const links = await server.hub.links(client.caller, {
      type: 'station',
      ref: { by: 'key', field: 'code', value: 'S-1' },
      limit: 10,
    });
    expect(links).toMatchObject({ items: [{ link: 'element.stations', left: { id } }] });
  });
});
