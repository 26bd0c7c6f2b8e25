/** GET /api/{domain}/Query, and the columns of every reading. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });
const encode = (query: Record<string, string>): string => new URLSearchParams(query).toString();
const query = (domain: string, parameters: Record<string, string>, client = admin) =>
  client.get(`/OrigamiApi/api/${domain}/Query?${encode(parameters)}`);
const names = async (filter: string, more: Record<string, string> = {}): Promise<unknown[]> => {
  const { body } = await query('BuildingComponent', { filter, columns: 'Name', ...more });
  return Array.isArray(body) ? body.map(({ Name }: { Name: string }) => Name) : [body];
};

beforeAll(async () => {
  await admin.post('/api/BuildingComponent/BulkInsert', [
    { Name: 'Beam', Material: 'steel', Weight: 120, Grade: 'a', SupplierID: 2001 },
    { Name: "O'Neill post", Material: 'oak 100%', Weight: 40, Grade: 'b', SupplierID: 106 },
    { Name: 'Bolt', Material: 'steel', Weight: 1 },
    { Name: 'Panel', Material: 'STEEL (thin)', Grade: 'c' },
  ]);
});

describe('columns', () => {
  it('are all of them unless some are named', async () => {
    const { status, body } = await query('BuildingComponent', { filter: "Name = 'Beam'" });
    const [beam] = body as { BuildingComponentID: number }[];
    expect(status).toBe(200);
    expect(beam).toEqual((await admin.get(`/api/BuildingComponent/${beam?.BuildingComponentID}`)).body);
    expect(beam).toMatchObject({ Name: 'Beam', Grade: 'a', SupplierID: 2001, ExternalId: null });
  });

  it('are renamed, follow associations, and show the parts of codes', async () => {
    const columns =
      'BuildingComponentID as ID, Name,Grade.Description as Quality,Grade.Code,GradeID,Supplier.ContactID as By , SupplierID';
    const [row] = (await query('BuildingComponent', { filter: "Name='Beam'", columns })).body as object[];
    expect(row).toEqual({
      ...{ ID: expect.any(Number), Name: 'Beam', Quality: 'Grade A', 'Grade.Code': 'a', GradeID: 1 },
      ...{ By: 2001, SupplierID: 2001 },
    });
    const rows = (await query('BuildingComponent', { columns: 'Supplier.ContactID', filter: "Name='Bolt'" })).body;
    expect(rows).toEqual([{ 'Supplier.ContactID': null }]);
  });

  it('of a code or an association as a whole are null', async () => {
    const { body } = await query('BuildingComponent', { filter: "Name='Beam'", columns: 'Grade,Supplier' });
    expect(body).toEqual([{ Grade: null, Supplier: null }]);
  });

  it('of one record are the same', async () => {
    expect((await admin.get('/api/Claim/5001?columns=ClaimNumber as No,Status.Description')).body).toEqual({
      No: 'CLM-2026-001',
      'Status.Description': 'open',
    });
  });

  it.each([
    'Nonsense',
    'name',
    'Name.Code',
    'Supplier.Nonsense',
    'Grade.Nonsense',
    'Name Grade',
    'Name,',
    'Supplier.Name.x',
    '.',
    'constructor',
  ])('%j are refused', async (columns) => {
    expect(await query('BuildingComponent', { columns })).toMatchObject({
      status: 500,
      body: expect.stringMatching(/^Unable to execute\. The column '.*' is not valid\.$/),
    });
  });

  it('through an association need permission to view its domain', async () => {
    const key = await bearerWith(server.hub, { building_component: ['read'] });
    const reader = clientOf(() => server.url, { Token: key });
    expect((await query('BuildingComponent', { columns: 'SupplierID' }, reader)).status).toBe(200);
    for (const parameters of [{ columns: 'Supplier.Name' }, { filter: "Supplier.Name = 'x'" }]) {
      expect(await query('BuildingComponent', parameters, reader)).toMatchObject({
        status: 500,
        body: expect.stringContaining('permission to view'),
      });
    }
    expect(await query('Claim', {}, reader)).toMatchObject(
      unable(`You do not have permission to view the domain 'Claim'.`),
    );
  });
});

describe('filter', () => {
  it.each([
    ["Name = 'Beam'", ['Beam']],
    ['Name="Beam"', ['Beam']],
    ["Name = 'O''Neill post'", ["O'Neill post"]],
    ["Name <> 'Beam' AND Material = 'steel'", ['Bolt']],
    ['Weight >= 40', ['Beam', "O'Neill post"]],
    ['Weight BETWEEN 2 AND 119.5', ["O'Neill post"]],
    ["Name LIKE 'B%'", ['Beam', 'Bolt']],
    ["Name LIKE '%t'", ["O'Neill post", 'Bolt']],
    ["Material LIKE '%thin%'", ['Panel']],
    ["Name NOT LIKE 'B%'", ["O'Neill post", 'Panel']],
    ["Name in ('Bolt', 'Panel', 'None')", ['Bolt', 'Panel']],
    ["NOT (Name = 'Beam' OR Name = 'Bolt')", ["O'Neill post", 'Panel']],
    ["Name = 'Beam' OR Name = 'Bolt' AND Weight > 100", ['Beam']],
    ['Weight IS NULL', ['Panel']],
    ['Weight is not null and weight_free is null', [expect.stringContaining('weight_free')]],
    ["Grade = 'a'", ['Beam']],
    ["Grade.Description = 'grade b'", ["O'Neill post"]],
    ["Grade.Code IN ('a', 'c')", ['Beam', 'Panel']],
    ['GradeID = 3', ['Panel']],
    ['SupplierID = 2001', ['Beam']],
    ['Supplier.ContactID = 106', ["O'Neill post"]],
    ['Supplier IS NULL', ['Bolt', 'Panel']],
    ["Name = 'nobody'", []],
  ])('%s', async (filter, found) => {
    expect(await names(filter)).toEqual(found);
  });

  it.each([
    ['Name =', 'a value is missing'],
    ['Name', 'an operator'],
    ["'Name' = 'x'", 'the name of a field'],
    ["(Name = 'x'", ') was expected at the end'],
    ["Name = 'x' Name = 'y'", 'AND, OR or the end'],
    ["Name = 'x", 'cannot be read'],
    ["Name LIKE 'a%b'", '%'],
    [`${'('.repeat(60)}Name = 'x'`, 'deep'],
    [`${'NOT '.repeat(60)}Name = 'x'`, 'deep'],
    ["Weight = 'heavy'", 'not a value'],
    ["Grade = 'z'", 'not a value'],
    ["Nonsense = 'x'", 'does not exist'],
    ["Name.Code = 'x'", 'does not exist'],
    ["Name = 'x'; DROP TABLE record", 'AND, OR or the end'],
  ])('%s is refused: %s', async (filter, reason) => {
    const answer = await query('BuildingComponent', { filter });
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/^Unable to execute\. /);
    expect(answer.body).toContain(reason);
  });
});

describe('sort and pages', () => {
  it('sort by columns, down or up, and by number where those are equal', async () => {
    expect(await names('', { sort: 'Name' })).toEqual(['Beam', 'Bolt', "O'Neill post", 'Panel']);
    expect(await names('Weight IS NOT NULL', { sort: 'Weight desc, Name' })).toEqual(['Beam', "O'Neill post", 'Bolt']);
    expect(await names('', { sort: 'BuildingComponentID DESC' })).toEqual(['Panel', 'Bolt', "O'Neill post", 'Beam']);
    for (const sort of ['Nonsense', 'Name sideways', ',']) {
      expect((await query('BuildingComponent', { sort })).status).toBe(500);
    }
  });

  it('give every record once', async () => {
    const pages = [];
    for (const page of ['1', '2', '3']) pages.push(await names('', { page, pageSize: '2' }));
    expect(pages).toEqual([['Beam', "O'Neill post"], ['Bolt', 'Panel'], []]);
    expect(await names('', { page: '999999999' })).toEqual([]);
  });

  it('are of 100 records at most', async () => {
    for (const wrong of [{ pageSize: '101' }, { pageSize: '0' }, { page: '0' }, { page: 'x' }]) {
      expect(await query('Claim', wrong as Record<string, string>)).toMatchObject(
        unable('The page must be 1 or more, and the page size 1 to 100.'),
      );
    }
  });
});

describe('GET /api/{domain}/{id}/Files', () => {
  it('lists the files that are linked to a record, and no others', async () => {
    const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'File', ChildRecordID: 398 };
    expect((await admin.get('/api/Claim/5001/Files')).body).toEqual([]);
    await admin.post('/api/Link/Upsert', pair);
    expect((await admin.get('/api/Claim/5001/Files?columns=FileID')).body).toEqual([{ FileID: 398 }]);
    expect((await admin.get('/api/Policy/67890/Files')).body).toEqual([]);
  });

  it('and /Notes and /Emails are empty where the schema has none', async () => {
    for (const path of ['Notes', 'Emails']) {
      expect(await admin.get(`/api/Claim/5001/${path}`)).toMatchObject({ status: 200, body: [] });
      expect(await admin.get(`/api/Claim/1/${path}`)).toMatchObject({ status: 404 });
    }
  });

  it('needs permission to view both', async () => {
    const reader = clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['read'] }) });
    expect(await reader.get('/api/Claim/5001/Files')).toMatchObject(
      unable(`You do not have permission to view the domain 'File'.`),
    );
  });
});
