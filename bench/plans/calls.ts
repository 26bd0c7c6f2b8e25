// Every call that may be frequent or large, some at once, so that their statements carry several rows.

const headers = { authorization: 'Bearer kw_demo_admin' };

type Options = { readonly body?: string; readonly type?: string; readonly accept?: string };

/** @param url of a server with the demo. The contacts and elements that it makes have keys that begin with `plan-`. */
export async function makeHotCalls(url: string): Promise<void> {
  const call = async (method: string, path: string, { body, type, accept }: Options = {}): Promise<string> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
        ...(accept !== undefined && { accept }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (response.status > 299) throw new Error(`${method} ${path} answers ${response.status}: ${text.slice(0, 300)}`);
    return text;
  };
  const many = (make: (index: number) => Promise<unknown>): Promise<unknown> =>
    Promise.all(Array.from({ length: 64 }, (_, index) => make(index)));
  const pages = async (path: string): Promise<void> => {
    const { next } = JSON.parse(await call('GET', path)) as { next: string | null };
    if (next !== null) await call('GET', `${path}&cursor=${next}`);
  };
  const contact = (index: number): string => `/v1/records/contact/external_id:plan-${index}`;
  const ndjson = { type: 'application/x-ndjson' };
  const lines = (count: number, row: (index: number) => object): string =>
    Array.from({ length: count }, (_, index) => `${JSON.stringify(row(index))}\n`).join('');

  for (const name of ['new', 'changed'])
    await many((index) => call('PATCH', contact(index), { body: JSON.stringify({ fields: { name } }) }));
  await many((index) =>
    call('PATCH', contact(index), {
      body: JSON.stringify({ fields: { sync_key: `plan-${index}`, external_id: `plan-${index}` } }),
    }),
  );
  await many((index) => call('GET', index % 2 === 0 ? contact(index) : `/v1/records/contact/sync_key:plan-${index}`));
  await call('PATCH', '/v1/records/claim/external_id:plan', { body: JSON.stringify({ fields: { name: 'plan' } }) });
  for (const role of ['Broker', 'Adjuster']) {
    await many((index) =>
      call('PUT', `/v1/records/claim/external_id:plan/links/contacts/external_id:plan-${index}`, {
        body: JSON.stringify({ role }),
      }),
    );
  }
  await call('GET', '/v1/records/claim/external_id:plan/links');
  await call('GET', '/v1/records/claim/external_id:plan/links/contacts');
  await call('GET', `${contact(1)}/history`);
  await call('DELETE', '/v1/records/claim/external_id:plan/links/contacts/external_id:plan-1');
  await many((index) => (index < 8 ? call('DELETE', contact(index)) : Promise.resolve()));
  await call('GET', '/v1/records/contact?limit=100');
  const claims = '/v1/records/claim?limit=10';
  for (const status of ['open', 'closed'])
    await many((index) =>
      call('PATCH', `/v1/records/claim/external_id:plan-${index}`, { body: JSON.stringify({ fields: { status } }) }),
    );
  for (const query of [
    'sort=status',
    'sort=-status',
    'filter[status]=closed',
    'filter[status][in]=open,closed&sort=-status',
  ])
    await pages(`${claims}&${query}`);
  await call('GET', '/v1/find?key=plan-9');
  await call('GET', '/v1/activity');

  for (const name of ['first', 'second']) {
    const body = lines(1500, (index) => ({ external_id: `plan-${index}`, name }));
    await call('POST', '/v1/records/contact/import', { body, ...ndjson });
  }
  const links = lines(500, (index) => ({
    left: 'external_id:plan',
    right: `external_id:plan-${index}`,
    role: 'Insured',
  }));
  await call('POST', '/v1/links/claim.contacts/import', { body: links, ...ndjson });
  await call('GET', '/v1/records/contact?limit=1000', { accept: 'application/x-ndjson' });
  await cleanUp(call);
}

/** With an age for everything; nothing is old enough. */
async function cleanUp(call: (method: string, path: string, options?: Options) => Promise<string>): Promise<void> {
  const stored = JSON.parse(await call('GET', '/v1/schema'));
  const retention = { changes: '30d', tombstones: '30d', runs: '30d' };
  await call('PUT', '/v1/schema', { body: JSON.stringify({ ...(stored.document ?? stored), retention }) });
  for (const plan of [true, false]) await call('POST', `/v1/retention/clean?plan=${plan}`);
}

/** A set, sent again as it is, and again with changes, some of them in the spelling of keys. Replaces the elements that are there. */
export async function sendSets(url: string): Promise<void> {
  for (const [count, respelled, name, scope] of [
    [1500, 0, 'pump', ''],
    [1500, 0, 'pump', ''],
    [1400, 100, 'valve', ''],
    [100, 0, 'valve', '?scope[length]=1&scope[contacts]=2001'],
  ] as const) {
    const rows = Array.from({ length: count }, (_, index) => ({
      external_id: `${index < count - respelled ? 'plan' : 'Plan'}-${index}`,
      name: `${name} ${index % 7}`,
    }));
    const response = await fetch(`${url}/v1/interfaces/myendpoint/runs${scope}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(rows),
    });
    if (response.status > 299) throw new Error(`A run answers ${response.status}: ${await response.text()}`);
  }
}
