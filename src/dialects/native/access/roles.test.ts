import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

/** A request for each operation that changes little enough to be made by anyone in any order. */
const requests: Record<string, { path: string; body?: object }> = {
  readOpenApi: { path: '/v1/openapi.json' },
  signIn: { path: '/v1/session', body: { user_name: 'member@keyway.test', password: 'keyway-demo' } },
  signOut: { path: '/v1/session' },
  readMe: { path: '/v1/me' },
  readSchema: { path: '/v1/schema' },
  putSchema: { path: '/v1/schema?plan=true', body: { types: {} } },
  listRecords: { path: '/v1/records/contact' },
  countRecords: { path: '/v1/records' },
  createRecord: { path: '/v1/records/contact', body: { fields: {} } },
  importRecords: { path: '/v1/records/contact/import', body: [{ external_id: 'roles' }] },
  listImports: { path: '/v1/imports' },
  readImport: { path: '/v1/imports/1' },
  listRejectedRows: { path: '/v1/imports/1/rejected' },
  importLinks: { path: '/v1/links/policy.contacts/import', body: [] },
  exportLinks: { path: '/v1/links/policy.contacts' },
  readRecord: { path: '/v1/records/contact/2001' },
  upsertRecord: { path: '/v1/records/contact/external_id:roles', body: { fields: {} } },
  deleteRecord: { path: '/v1/records/contact/external_id:nobody' },
  transferOwnership: { path: '/v1/ownership/transfer?plan=true', body: { type: 'contact', owner: 'internal' } },
  mergeRecords: { path: '/v1/records/contact/2001/merge', body: { from: 'external_id:nobody' } },
  eraseRecord: { path: '/v1/records/contact/external_id:nobody/erase?plan=true' },
  clean: { path: '/v1/retention/clean?plan=true' },
  findRecords: { path: '/v1/find?key=A-1' },
  sampleCalls: { path: '/v1/records/contact/2001/calls' },
  listDialects: { path: '/v1/dialects' },
  readRecordKeys: { path: '/v1/records/contact/2001/keys' },
  readWhy: { path: '/v1/records/contact/2001/why/name' },
  readHistory: { path: '/v1/records/contact/2001/history' },
  listLinks: { path: '/v1/records/policy/67890/links' },
  listLinksOfType: { path: '/v1/records/policy/67890/links/contacts' },
  linkRecords: { path: '/v1/records/policy/67890/links/contacts/106' },
  unlinkRecords: { path: '/v1/records/policy/67890/links/contacts/106' },
  readChanges: { path: '/v1/changes' },
  readActivity: { path: '/v1/activity' },
  listWebhooks: { path: '/v1/webhooks' },
  createWebhook: { path: '/v1/webhooks', body: { url: 'https://example.com/roles' } },
  readWebhook: { path: '/v1/webhooks/999999' },
  changeWebhook: { path: '/v1/webhooks/999999', body: {} },
  deleteWebhook: { path: '/v1/webhooks/999999' },
  listDeliveries: { path: '/v1/webhooks/999999/deliveries' },
  replayWebhook: { path: '/v1/webhooks/999999/replay', body: { after: '' } },
  listPendingLinks: { path: '/v1/links/pending' },
  removePendingLink: { path: '/v1/links/pending/999999' },
  readPlan: { path: '/v1/plans/none' },
  readPlanOfRun: { path: '/v1/interfaces/myendpoint/runs/1/plan' },
  listPlanItems: { path: '/v1/plans/none/items' },
  listInterfaces: { path: '/v1/interfaces' },
  readInterface: { path: '/v1/interfaces/myendpoint' },
  createInterface: { path: '/v1/interfaces', body: { endpoint: 'roles', name: 'Roles', type: 'nothing' } },
  deleteInterface: { path: '/v1/interfaces/nothing' },
  listInterfaceCalls: { path: '/v1/interfaces/myendpoint/calls' },
  listRuns: { path: '/v1/interfaces/myendpoint/runs' },
  readRun: { path: '/v1/interfaces/myendpoint/runs/1' },
  submitSet: { path: '/v1/interfaces/myendpoint/runs', body: [] },
  changeInterface: { path: '/v1/interfaces/myendpoint', body: {} },
  findRun: { path: '/v1/runs/999999' },
  listAllRuns: { path: '/v1/runs' },
  listHeldDeletes: { path: '/v1/runs/999999/held' },
  approveHeldDeletes: { path: '/v1/runs/999999/approve', body: { deletes: 1 } },
  revertImport: { path: '/v1/imports/999999/revert' },
  revertRun: { path: '/v1/runs/999999/revert' },
  cancelHeldDeletes: { path: '/v1/runs/999999/cancel' },
  listElements: { path: '/v1/runs/999999/elements' },
  listUnchanged: { path: '/v1/runs/999999/unchanged' },
  replayRun: { path: '/v1/runs/1/replay' },
  replayElement: { path: '/v1/runs/1/elements/0/replay' },
  findIssues: { path: '/v1/runs/999999/issues' },
  listIssues: { path: '/v1/interfaces/myendpoint/runs/1/issues' },
  listGrants: { path: '/v1/grants' },
  readAudit: { path: '/v1/audit' },
  listKeys: { path: '/v1/keys' },
  createKey: { path: '/v1/keys', body: { label: 'roles' } },
  revokeKey: { path: '/v1/keys/999999' },
  listUsers: { path: '/v1/users' },
  createUser: { path: '/v1/users', body: { email: 'roles@example.test', name: 'Roles', password: 'roles-roles' } },
  changeUser: { path: '/v1/users/999999', body: {} },
  disableUser: { path: '/v1/users/999999' },
};

const memberGrants = ['read', 'create', 'edit']; // the demo's

function mayDo(
  access: 'public' | 'signed_in' | 'interface' | 'power' | 'admin' | string[],
  role: string | null,
): boolean {
  if (access === 'public') return true;
  if (role === null) return false;
  if (access === 'admin') return role === 'admin';
  if (access === 'power' || access === 'interface') return role !== 'member';
  return access === 'signed_in' || role !== 'member' || access.some((grant) => memberGrants.includes(grant));
}

describe('an operation for other roles', async () => {
  const { call, document } = await demoServer();
  const closed = Object.values(document.paths).flatMap((methods: Json) =>
    Object.entries(methods)
      .filter(([, { 'x-keyway-access': access }]: [string, Json]) => access === 'power' || access === 'admin')
      .map(([method, { operationId }]: [string, Json]) => [operationId, method.toUpperCase()] as const),
  );

  it.each(closed)('says so before it looks at anything else of the request: %s', async (operation, method) => {
    const { path = '', body } = requests[operation] ?? {};
    const wrong = `${path.split('?')[0]}?no_such_parameter=1`;
    const sent = body === undefined ? {} : { body: { no_such_member: 1 } };
    const { body: refusal } = await call(method, wrong, { as: 'member', headers: { 'idempotency-key': 'é' }, ...sent });
    expect(refusal).toMatchObject({ status: 403, code: 'role_required' });
    expect(refusal.violations[0].role).toBe('member');
  });
});

describe('every operation of the OpenAPI document', async () => {
  const { call, document } = await demoServer();
  const operations = Object.values(document.paths).flatMap((methods: Json) =>
    Object.entries(methods).map(
      ([method, { operationId, parameters = [], 'x-keyway-access': access }]: [string, Json]) => ({
        method,
        operationId,
        access,
        mayForce: parameters.some(({ name }: Json) => name === 'force'),
      }),
    ),
  );

  it('has a request here', () => {
    expect(Object.keys(requests).sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
  });

  for (const role of ['admin', 'power', 'member', 'kw_no_such_key', null]) {
    it.each(operations)(
      `is open or closed to ${role ?? 'nobody'} as it says: $operationId`,
      async ({ method, operationId, access }) => {
        const { path = '', body } = requests[operationId] ?? {};
        const known = role === 'kw_no_such_key' ? null : role;
        const answer = await call(method.toUpperCase(), path, { as: role, body });
        if (mayDo(access, known)) expect([401, 403]).not.toContain(answer.status);
        else expect(answer.status).toBe(known === null ? 401 : 403);
        if (answer.status === 401) {
          const challenge = role === null ? 'Bearer realm="keyway"' : 'Bearer realm="keyway", error="invalid_token"';
          expect(answer.headers.get('www-authenticate')).toBe(challenge);
        }
      },
    );
  }

  const forcible = operations.filter(({ mayForce }) => mayForce);
  it.each(forcible)(
    'takes force from roles that hold every grant, and not from a member without it: $operationId',
    async ({ method, operationId }) => {
      const { path = '', body } = requests[operationId] ?? {};
      const forced = `${path}?force=true`;
      for (const role of ['admin', 'power'])
        expect([401, 403]).not.toContain((await call(method.toUpperCase(), forced, { as: role, body })).status);
      const refused = await call(method.toUpperCase(), forced, { as: 'member', body });
      expect(refused.body).toMatchObject({ status: 403, code: 'grant_missing' });
      expect(refused.body.violations).toContainEqual(expect.objectContaining({ action: 'force' }));
    },
  );

  it('that writes values or links can be forced, and no other', () => {
    expect(forcible.map(({ operationId }) => operationId).sort()).toEqual([
      'createRecord',
      'importLinks',
      'importRecords',
      'linkRecords',
      'unlinkRecords',
      'upsertRecord',
    ]);
  });
});
