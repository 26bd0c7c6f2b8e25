/** Whatever goes wrong is answered in the words of the vendor whose address was called, and in nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { served } from './served.ts';
import { clientOf, guid, type Headers, signIn } from './vendor-clients.ts';
import { formatsOf, hasStack, type VendorName } from './vendor-errors.ts';

const limitBytes = 64 * 1024;
const server = await freshServer({ settings: { bodyLimitBytes: limitBytes } });
afterAll(() => server.close());
const clients = await signIn(server.url);
const anyone = clientOf(server.url);

let foreignKey = '';
beforeAll(async () => {
  const made = await server.hub.workspaces.create({ name: 'Second' });
  if (made.kind === 'created') foreignKey = made.adminKey;
});

/** Vendors that say how large a body may be; elsewhere the server's setting counts. */
const ownLimits: Partial<Record<VendorName, number>> = { origami: 10 * 1024 * 1024 };
/** Relatics' sets are read as they arrive, and may be of nearly any size: there it is one element that is too large. */
const largeElement = JSON.stringify({ Elements: [{ '@externalid': 'L', name: 'x'.repeat(9 * 1024 * 1024) }] });

type Case = {
  readonly name: VendorName;
  /** Where nothing is, below the vendor's own path. */
  readonly nowhere: string;
  /** A write that succeeds for an administrator. */
  readonly write: readonly [method: string, path: string, body: object];
  readonly authorization: (key: string) => Headers;
  readonly malformedUrl: number;
  /** A body that is no JSON. */
  readonly unreadable: number;
  /** Another method on the write's path. */
  readonly otherMethod: number;
  readonly contentType: number;
  readonly stranger: number;
  /** `Authorization: Bearer` and nothing after it. */
  readonly halfHeader: number;
};

const bearer = (key: string): Headers => ({ Authorization: `Bearer ${key}` });
const endpoint = `/api/v1/workspaces/${guid}/interfaces/synchronizing/myendpoint`;
const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 106 };
const elements = { Elements: [{ '@externalid': 'E' }] };

const cases: readonly Case[] = [
  {
    name: 'native',
    nowhere: '/v1/nothing',
    write: ['PATCH', '/v1/records/contact/external_id:K', { fields: { name: 'K' } }],
    authorization: bearer,
    ...{ malformedUrl: 400, unreadable: 400, otherMethod: 405, contentType: 415, stranger: 401, halfHeader: 401 },
  },
  {
    name: 'sugarcrm',
    nowhere: '/rest/v11_10/integrate/Contacts/a/b/c/d',
    write: ['PATCH', '/rest/v11_10/integrate/Contacts/sync_key/K', { name: 'K' }],
    authorization: (key) => ({ 'OAuth-Token': key }),
    ...{ malformedUrl: 422, unreadable: 422, otherMethod: 404, contentType: 422, stranger: 401, halfHeader: 401 },
  },
  {
    name: 'origami',
    nowhere: '/OrigamiApi/api/Link/Nothing',
    write: ['POST', '/OrigamiApi/api/Link/Upsert', pair],
    authorization: (key) => ({ Token: key }),
    ...{ malformedUrl: 400, unreadable: 400, otherMethod: 405, contentType: 400, stranger: 401, halfHeader: 401 },
  },
  {
    name: 'netsuite',
    nowhere: '/services/rest/record/v1/customer/660/!nothing/contact/106',
    write: ['PUT', '/services/rest/record/v1/contact/eid:K', { name: 'K' }],
    authorization: bearer,
    ...{ malformedUrl: 400, unreadable: 400, otherMethod: 405, contentType: 415, stranger: 401, halfHeader: 400 },
  },
  {
    name: 'zendesk',
    nowhere: '/api/v2/nothing',
    write: ['PATCH', '/api/v2/custom_objects/contact/records?external_id=K', { custom_object_record: { name: 'K' } }],
    authorization: bearer,
    ...{ malformedUrl: 400, unreadable: 400, otherMethod: 404, contentType: 400, stranger: 401, halfHeader: 401 },
  },
  {
    name: 'relatics',
    nowhere: `/api/v1/workspaces/${guid}/interfaces/nothing/myendpoint`,
    write: ['POST', endpoint, elements],
    authorization: bearer,
    ...{ malformedUrl: 404, unreadable: 400, otherMethod: 405, contentType: 415, stranger: 401, halfHeader: 401 },
  },
];

describe.each(cases.filter(({ name }) => served(name)))(
  '$name',
  ({ name, nowhere, write, authorization, ...statuses }) => {
    const [method, path, body] = write;
    const send = clients[name];
    const json = { 'Content-Type': 'application/json' };

    async function expectRefusal(answering: ReturnType<typeof send>, status: number, format = name): Promise<void> {
      const answer = await answering;
      expect([answer.status, ...formatsOf(answer)], answer.text).toEqual([status, format]);
      expect(hasStack(answer), answer.text).toBe(false);
    }

    it('takes the write that the refusals are about', async () => {
      for (const prefix of ['', '/w/Demo', `/w/${guid}`]) {
        const answer = await anyone(method, prefix + path, body, authorization('kw_demo_admin'));
        expect(answer.status, answer.text).toBeLessThan(300);
        expect(formatsOf(answer)).toEqual([]);
      }
    });

    it('answers for an address where nothing is, and for one that cannot be read', async () => {
      await expectRefusal(send('GET', nowhere), name === 'netsuite' ? 400 : 404);
      await expectRefusal(send('GET', `${nowhere}/%zz`), statuses.malformedUrl);
    });

    it('answers for a method that the address does not take', () =>
      expectRefusal(send('REPORT', path, undefined, json), statuses.otherMethod));

    it.each(['{"a":', '[1,', '\u0000', '{"a":1}}'])('answers for the body %j', (text) =>
      expectRefusal(send(method, path, text, json), statuses.unreadable),
    );

    it('answers for bytes that are no text', () =>
      expectRefusal(send(method, path, Buffer.of(0x7b, 0xff, 0x7d), json), statuses.unreadable));

    it('answers for another content type than it reads', () =>
      expectRefusal(send(method, path, 'a=1', { 'Content-Type': 'text/csv' }), statuses.contentType));

    it('answers for a body that is too large', async () => {
      const large = JSON.stringify({ x: 'x'.repeat(ownLimits[name] ?? limitBytes) });
      const isSet = name === 'relatics';
      await expectRefusal(send(method, path, isSet ? largeElement : large, json), isSet ? 400 : 413);
    });

    it.each([
      ['no credential', {}],
      ['a wrong key', authorization('wrong')],
      ['a scheme of somebody else', { Authorization: 'Digest username="a"' }],
      ['Basic that is not base64', { Authorization: 'Basic ***' }],
      ['OAuth without a signature', { Authorization: 'OAuth realm="KEYWAY_DEMO"' }],
    ])('answers for %s', (_what, headers) =>
      expectRefusal(anyone(method, path, body, headers as Headers), statuses.stranger),
    );

    it('answers for half a header', () =>
      expectRefusal(anyone(method, path, body, { Authorization: 'Bearer' }), statuses.halfHeader));

    it('answers for a credential of another workspace', () =>
      expectRefusal(anyone(method, `/w/Demo${path}`, body, authorization(foreignKey)), statuses.stranger));

    it('answers for a workspace prefix that names another workspace, or none', async () => {
      const foreign = anyone(method, `/w/Second${path}`, body, authorization('kw_demo_admin'));
      await expectRefusal(foreign, statuses.stranger);
      const none = anyone(method, `/w/Nobody${path}`, body, authorization('kw_demo_admin'));
      await expectRefusal(none, name === 'netsuite' ? 400 : 404);
    });
  },
);

describe('an address of no vendor', () => {
  it.each(['/nothing', '/w', '/services', '/favicon.ico', '/w/Demo/nothing', '/w/Nobody', '/V1/me'])(
    '%s is answered by the native API',
    async (path) => {
      const answer = await anyone('GET', path);
      expect([answer.status, ...formatsOf(answer)]).toEqual([404, 'native']);
    },
  );
});
