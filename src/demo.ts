/** Loads the demo workspace, through the engine, from the two files in `demo/`. Once: what is there is left alone. */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Hub } from './engine/hub.ts';
import type { WorkspaceId } from './model/ids.ts';
import type { Caller, Principal } from './model/principal.ts';
import { type PublicKey, parsePublicKey } from './model/public-key.ts';
import { byNumber } from './model/ref.ts';
import type { SchemaDocument } from './model/schema.ts';

const folder = new URL('../demo/', import.meta.url);

export const demoWorkspaceGuid = '755053b0-ba42-494a-b467-8c2cf408be65';
const demoWorkspace = { guid: demoWorkspaceGuid, name: 'Demo' };

type DemoData = {
  records: { type: string; number: number; fields: Record<string, unknown> }[];
  links: { number: number; from: { type: string; ref: number }; link: string; to: number; role?: string }[];
};

export async function loadDemo(hub: Hub): Promise<void> {
  const known = await hub.access.workspace(demoWorkspace.guid);
  const made = known === undefined ? await hub.workspaces.create({ ...demoWorkspace, withKey: false }) : undefined;
  const workspace = known ?? (made?.kind === 'created' ? made.workspace : undefined);
  if (workspace === undefined) throw new Error(`There is another workspace of the name ${demoWorkspace.name} already.`);
  const caller: Caller = {
    principal: await hub.workspaces.commandLine(workspace.id),
    via: 'demo',
    requestId: 'demo',
  };
  const catalogue = await hub.catalogue(workspace.id);
  // Each step does only what is not there yet: a first start that was killed in the middle is taken up where it ended.
  await addPrincipals(hub, caller.principal);
  if (catalogue.types.size === 0) await applyDemoSchema(hub, caller);
  await addRecords(hub, caller);
}

async function addPrincipals(hub: Hub, commandLine: Principal): Promise<void> {
  const { workspace } = commandLine;
  const users = await hub.access.users(commandLine);
  const labels = new Set((await hub.access.credentials(commandLine)).map((credential) => credential.label));
  const add = async (
    at: WorkspaceId,
    credential: Parameters<typeof hub.workspaces.addCredential>[1],
  ): Promise<void> => {
    if (!labels.has(credential.label)) await hub.workspaces.addCredential(at, credential);
  };
  const memberGrants = { '*': ['read', 'create', 'edit'] } as const;
  const roles = [
    ['power', 'Power user', {}],
    ['member', 'Member', memberGrants],
    ['admin', 'Administrator', {}],
  ] as const;
  await add(workspace, {
    kind: 'client',
    label: 'Demo client',
    role: 'power',
    grants: {},
    fixed: { clientId: 'kw_demo_client', secret: 'kw_demo_client_secret' },
  });
  for (const [role, name, grants] of roles) {
    const email = `${role}@keyway.test`;
    const there = users.find((user) => user.email === email);
    const owner =
      (there && (await hub.access.principal(workspace, there.id))) ??
      (await hub.workspaces.addUser(workspace, { email, name, role, grants, password: 'keyway-demo' }));
    const label = `Demo ${role}`;
    const secret = `kw_demo_${role}`;
    const fixed = { clientId: `${secret.slice(0, 8)}…`, secret };
    await add(workspace, { kind: 'bearer', label, role, grants, owner, fixed });
    if (role !== 'admin') continue;
    const oauth1 = { clientId: 'kw_demo_ck', secret: 'kw_demo_cs', tokenId: 'kw_demo_tk', tokenSecret: 'kw_demo_ts' };
    await add(workspace, { kind: 'oauth1', label: 'Demo integration', role, grants, owner, fixed: oauth1 });
    const jwt = { clientId: 'kw_demo_jwt', secret: '', tokenId: 'kw_demo_certificate' };
    const publicKey = await demoPublicKey();
    await add(workspace, { kind: 'jwt', publicKey, label: 'Demo machine', role, grants, owner, fixed: jwt });
  }
}

/** Of the private key that is in the repository, for everybody to sign with. */
async function demoPublicKey(): Promise<PublicKey> {
  const key = createPublicKey(await readFile(new URL('netsuite-private-key.pem', folder), 'utf8'));
  const parsed = parsePublicKey(String(key.export({ type: 'spki', format: 'pem' })));
  if (parsed === undefined) throw new Error('The demo has no key that assertions can be signed with.');
  return parsed;
}

/** A double knows the demo's workspace, and is served without the parser. */
async function readYaml(file: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(await readFile(new URL(file, folder), 'utf8'));
}

async function applyDemoSchema(hub: Hub, caller: Caller): Promise<void> {
  const document = (await readYaml('schema.yaml')) as SchemaDocument;
  const outcome = await hub.applySchema(caller, () => document, { allowLoss: false });
  if (outcome.kind !== 'applied') throw new Error(`The demo schema does not apply: ${JSON.stringify(outcome)}`);
}

async function addRecords(hub: Hub, caller: Caller): Promise<void> {
  const data = (await readYaml('records.yaml')) as DemoData;
  // Records may have been deleted or changed since: what was loaded once, as its history tells, is never loaded again.
  const changesOf = async (type: string, number: number, limit: number) => {
    const page = await hub.history(caller, { type, ref: byNumber(number), limit });
    return page.kind === 'page' ? page : { items: [], next: null };
  };
  const without = async <T>(items: readonly T[], known: (item: T) => Promise<boolean>): Promise<T[]> => {
    const there = await Promise.all(items.map(known));
    return items.filter((_, index) => !there[index]);
  };
  const records = await without(
    data.records,
    async ({ type, number }) => (await changesOf(type, number, 1)).items.length > 0,
  );
  const missing = await without(data.links, async ({ from }) => {
    const { items, next } = await changesOf(from.type, from.ref, 1000);
    return next !== null || items.some((change) => change.via === 'demo' && change.kind === 'linked');
  });
  const outcomes = await Promise.all(
    records.map(({ type, number, fields }) => hub.upsert(caller, { type, ref: null, mode: 'create', fields, number })),
  );
  const links = await Promise.all(
    missing.map(({ number, from, link, to, role }) =>
      hub.link(caller, {
        from: { type: from.type, ref: byNumber(from.ref) },
        link,
        to: { ref: byNumber(to) },
        ...(role === undefined ? {} : { role: { by: 'name', value: role } }),
        number,
      }),
    ),
  );
  const refused = [...outcomes, ...links].find((outcome) => outcome.kind === 'rejected');
  if (refused) throw new Error(`The demo data does not load: ${JSON.stringify(refused)}`);
}
