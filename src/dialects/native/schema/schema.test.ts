import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Answer, adminOf, demoServer, type Json, reasons } from '../test-client.ts';

const yaml = { 'content-type': 'application/yaml' };

describe('the schema as one document', async () => {
  const { call, hub } = await demoServer();
  const read = async (): Promise<Json> => (await call('GET', '/v1/schema')).body;
  const put = (query: string, body: unknown): Promise<Answer> => call('PUT', `/v1/schema${query}`, { body });

  it('is read as JSON or YAML, whole, and under its version', async () => {
    const { body, headers } = await call('GET', '/v1/schema');
    const { workspace } = (await adminOf(hub)).principal;
    const { document, version } = await hub.catalogue(workspace);
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
    expect(headers.get('etag')).toBe(`"${version}"`);
    const text = await call('GET', '/v1/schema', { headers: { accept: 'application/yaml' } });
    expect(text.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(parse(text.body)).toEqual(body);
  });

  it('is unchanged by what was read from it, in either form', async () => {
    const { body } = await call('GET', '/v1/schema', { headers: { accept: 'text/yaml' } });
    const applied = await call('PUT', '/v1/schema', { body, headers: yaml });
    expect([applied.status, applied.body.changes, applied.body.applied]).toEqual([200, [], true]);
    expect((await put('', await read())).body.changes).toEqual([]);
  });

  it('plans a change without making it, and then makes it', async () => {
    const wanted = await read();
    wanted.types.claim.fields.cause = { type: 'text', label: 'Cause' };
    const before = (await call('GET', '/v1/schema')).headers.get('etag');
    const plan = await put('?plan=true', wanted);
    expect(plan.body).toMatchObject({
      applied: false,
      changes: [{ action: 'add', path: 'types.claim.fields.cause', before: null, loss: null }],
    });
    expect(`"${plan.body.version}"`).toBe(before);
    expect((await call('GET', '/v1/schema')).headers.get('etag')).toBe(before);
    const applied = await put('?plan=false', wanted);
    expect(applied.body).toMatchObject({ applied: true, changes: plan.body.changes });
    expect((await call('GET', '/v1/schema')).headers.get('etag')).toBe(`"${applied.body.version}"`);
    const written = await call('PATCH', '/v1/records/claim/5001', { body: { fields: { cause: 'storm' } } });
    expect(written.body.record.fields.cause).toBe('storm');
  });

  it('is left as it is where somebody has changed it since it was read', async () => {
    const read1 = await call('GET', '/v1/schema');
    const etag = read1.headers.get('etag') ?? '';
    const mine = structuredClone(read1.body);
    mine.types.mine = {};
    const theirs = structuredClone(read1.body);
    theirs.types.theirs = {};
    expect((await put('', theirs)).status).toBe(200);
    for (const query of ['?plan=true', '', '?allow_loss=true']) {
      const refused = await call('PUT', `/v1/schema${query}`, { body: mine, headers: { 'if-match': etag } });
      expect([refused.status, reasons(refused)]).toEqual([412, [['version_mismatch', 'header.if-match']]]);
    }
    expect((await read()).types).toHaveProperty('theirs');
    expect((await read()).types).not.toHaveProperty('mine');
    const now = (await call('GET', '/v1/schema')).headers.get('etag') ?? '';
    const applied = await call('PUT', '/v1/schema', {
      body: { ...theirs, types: { ...theirs.types, mine: {} } },
      headers: { 'if-match': now },
    });
    expect(applied.status).toBe(200);
    expect(Object.keys((await read()).types)).toEqual(expect.arrayContaining(['mine', 'theirs']));
  });

  it('refuses to lose data, listing what would be lost, until that is allowed', async () => {
    const wanted = await read();
    delete wanted.types.policy.fields.policy_number;
    delete wanted.links['policy.contacts'];
    const refused = await put('', wanted);
    expect(refused.status).toBe(409);
    expect(reasons(refused).sort()).toEqual([
      ['schema_loss_refused', 'links.policy.contacts'],
      ['schema_loss_refused', 'types.policy.fields.policy_number'],
    ]);
    expect((await read()).types.policy.fields.policy_number).toBeDefined();
    const plan = await put('?plan=true', wanted);
    expect(plan.body.changes.map(({ loss }: Json) => loss)).not.toContain(null);
    expect((await put('?allow_loss=true', wanted)).body.applied).toBe(true);
    expect((await read()).types.policy.fields.policy_number).toBe(undefined);
  });

  it('names every problem of a document at once, with its path', async () => {
    const wanted = await read();
    wanted.types.claim.fields.status.typ = 'enum';
    wanted.types.contact.fields.email.type = 'mail';
    wanted.links['claim.files'].to = 'document';
    for (const query of ['', '?plan=true']) {
      const answer = await put(query, wanted);
      expect([answer.status, answer.body.code]).toEqual([422, 'schema_invalid']);
      const paths = reasons(answer).map(([, path]) => path);
      expect(paths).toContain('types.claim.fields.status.typ');
      expect(paths).toContain('types.contact.fields.email.type');
      expect(paths).toContain('links.claim.files.to');
    }
  });

  it('names the member of the way back where that has a name which is taken', async () => {
    const wanted = await read();
    wanted.links['customer.contacts'].inverse = wanted.links['claim.contacts'].inverse;
    wanted.types.account.fields.keeper = { type: 'lookup', to: 'contact', inverse: 'email' };
    const taken = expect.stringContaining('already. Choose another name or inverse.');
    const refused = (await put('?plan=true', wanted)).body.violations;
    expect(refused).toEqual([
      expect.objectContaining({ path: 'links.customer.contacts.inverse', message: taken }),
      expect.objectContaining({ path: 'types.account.fields.keeper.inverse', message: taken }),
    ]);
  });

  it.each([
    ['types: [', 400, 'malformed_body'],
    ['a: &a [*a]', 400, 'malformed_body'],
    ['types: {x: &x {fields: {n: {type: text}}}, y: *x}\nlinks: []', 422, 'schema_invalid'],
    ['[]', 422, 'schema_invalid'],
    ['', 422, 'schema_invalid'],
    ['types: {x: {fields: {n: {type: integer, default: 12345678901234567890}}}}', 400, 'member_invalid'],
  ])('refuses the YAML %j with %i %s', async (body, status, code) => {
    const answer = await call('PUT', '/v1/schema?plan=true', { body, headers: yaml });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses YAML that would unfold without end', async () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`);
    const answer = await call('PUT', '/v1/schema', { body: ['l0: &l0 [x]', ...levels].join('\n'), headers: yaml });
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_body']);
  });

  it('refuses bodies that are nested without reason, in either form', async () => {
    for (const depth of [100, 3_000, 100_000]) {
      const body = `{"types": ${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const asYaml = await call('PUT', '/v1/schema?plan=true', { body, headers: yaml });
      expect([400, 422]).toContain(asYaml.status);
      const asJson = await call('PUT', '/v1/schema?plan=true', {
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect(reasons(asJson)).toEqual([['malformed_body', null]]);
    }
  });

  it('reads YAML for the schema only', async () => {
    const body = stringify({ fields: {} });
    expect((await call('PATCH', '/v1/records/contact/2001', { body, headers: yaml })).status).toBe(415);
    expect(
      (
        await call('PUT', '/v1/schema', {
          body: 'a=b',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(415);
  });

  it('takes true and false only for plan and allow_loss', async () => {
    expect(reasons(await put('?plan=yes&allow_loss=1', {}))).toEqual([
      ['parameter_invalid', 'query.plan'],
      ['parameter_invalid', 'query.allow_loss'],
    ]);
    expect(reasons(await put('?dry_run=true', {}))).toEqual([['unknown_parameter', 'query.dry_run']]);
  });
});
