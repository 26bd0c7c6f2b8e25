/** What the tests of this dialect share: a client of the demo workspace's interface, and a view of what is stored. */
import { issuesOf } from '../../../test/issues-of.ts';
import type { Hub } from '../../engine/hub.ts';
import type { Caller } from '../../model/principal.ts';
import type { FieldValue } from '../../model/record.ts';
import type { IssueView } from '../../model/runs.ts';

export const workspace = '755053b0-ba42-494a-b467-8c2cf408be65';
export const synchronizing = `/api/v1/workspaces/${workspace}/interfaces/synchronizing/myendpoint`;
export const tokenPath = '/auth/realms/Demo/protocol/openid-connect/token';

export type Answer = { status: number; headers: Headers; text: string };

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Client id and secret in the form, as the vendor's page has it. */
export const askToken = (base: string, form: Record<string, string>, path = tokenPath): Promise<Answer> =>
  send(base + path, { method: 'POST', body: new URLSearchParams(form) });

export const demoClient = {
  grant_type: 'client_credentials',
  client_id: 'kw_demo_client',
  client_secret: 'kw_demo_client_secret',
};

export const tokenIn = (answer: Answer): string => (JSON.parse(answer.text) as { access_token: string }).access_token;

export class InterfaceClient {
  readonly #base: string;
  readonly #token: string;
  readonly #hub: Hub;
  readonly #caller: Caller;

  private constructor(base: string, token: string, hub: Hub, caller: Caller) {
    this.#base = base;
    this.#token = token;
    this.#hub = hub;
    this.#caller = caller;
  }

  static async open(base: string, hub: Hub): Promise<InterfaceClient> {
    const principal = await hub.access.bearer('kw_demo_admin', 'native');
    if (principal === undefined) throw new Error('the demo workspace has no administrator');
    const token = tokenIn(await askToken(base, demoClient));
    return new InterfaceClient(base, token, hub, { principal, via: 'native', requestId: 'test' });
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Sends any body; JSON unless `headers` say otherwise. */
  post(
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    path = synchronizing,
  ): Promise<Answer> {
    return send(this.#base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      body,
    });
  }

  postXml(body: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.post(body, { 'content-type': 'application/xml', ...headers });
  }

  /** Sends a complete set in JSON that must be processed; gives the counts, and the issues as the native API reads them. */
  async sync(elements: readonly Record<string, unknown>[]): Promise<SyncResult> {
    return this.processed(await this.post(JSON.stringify({ Elements: elements })));
  }

  async syncXml(elements: string): Promise<SyncResult> {
    return this.processed(await this.postXml(`<elements><Elements>${elements}</Elements></elements>`));
  }

  async processed(answer: Answer): Promise<SyncResult> {
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const { syncId, ...counts } = JSON.parse(answer.text) as SyncResult['counts'] & { syncId: string };
    return { counts, issues: await issuesOf(this.#hub, this.#caller, syncId) };
  }

  /** External id and the given fields of every element, in order of creation. */
  async elements(...fields: string[]): Promise<FieldValue[][]> {
    const page = await this.#hub.list(this.#caller, { type: 'element', filters: [], sort: [], limit: 1000 });
    if (page.kind !== 'page') throw new Error(page.kind);
    return page.items.map((record) => ['external_id', ...fields].map((field) => record.fields[field] ?? null));
  }

  async keys(): Promise<FieldValue[]> {
    return (await this.elements()).map(([key]) => key ?? null);
  }

  /** Numbers of the contacts that an element is related to. */
  async contactsOf(key: string): Promise<number[]> {
    const ref = { by: 'key', field: 'external_id', value: key } as const;
    const page = await this.#hub.links(this.#caller, { type: 'element', ref, link: 'contacts', limit: 1000 });
    if (page.kind !== 'page') throw new Error(page.kind);
    return page.items.map((link) => link.right.number).sort((a, b) => a - b);
  }

  async idOf(type: string, number: number): Promise<string> {
    const found = await this.#hub.find(this.#caller, type, { by: 'number', number });
    if (found.kind !== 'found') throw new Error(found.kind);
    return found.record.id;
  }
}

export type SyncResult = {
  counts: { received: number; created: number; updated: number; deleted: number; unchanged: number; issues: number };
  issues: readonly IssueView[];
};
