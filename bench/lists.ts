// Pages of a list of a million records by the native API, filtered and sorted by filterable fields.
import { ensureContacts } from './bulk.ts';
import { type Figure, progress } from './figure.ts';
import { type Stage, token } from './stage.ts';

/** Nobody notices it. */
const mostMs = 50;
const rounds = 9;
const indexed = ['last_name', 'email', 'phone'];

/** Each finds its page another way: by the order, by a filter, or by both. */
const asked: Readonly<Record<string, string>> = {
  'newest first': 'sort=-number',
  'by email': 'sort=email',
  'by email, downwards': 'sort=-email',
  'by a name that 50,000 have': 'sort=last_name',
  'one email': 'filter[email]=contact.777777@anchor.example.test',
  'emails that begin alike, by phone': 'filter[email][starts]=contact.777&sort=phone',
  'one name of twenty': 'filter[last_name]=keyway',
  'one name of twenty, by email': 'filter[last_name]=keyway&sort=email',
  'the last phones, by number': 'filter[phone][gte]=%2B31 20 00950000',
};
/** A filter leaves tens of thousands, and all of them stand last in the order: they are read and sorted. */
const against: Readonly<Record<string, string>> = {
  'against the order, one filter': 'filter[phone][gte]=%2B31 20 00950000&sort=email',
  'against the order, two filters': 'filter[last_name]=keyway&filter[phone][lt]=%2B31 20 00500000&sort=-email',
};
const unindexed: Readonly<Record<string, string>> = {
  'without an index, by first name': 'sort=first_name',
  'without an index, first name': 'filter[first_name]=nobody',
};

export async function lists(stage: Stage): Promise<Figure> {
  await ensureContacts(stage);
  progress('lists: without an index');
  const before = Object.fromEntries(await eachOf(stage, unindexed, 3));
  progress('lists: filling the index');
  const filled = await makeFilterable(stage);
  await stage.settle({ vacuum: true });
  progress('lists: by the index');
  const times = await eachOf(stage, asked, rounds);
  const worst = Object.fromEntries(await eachOf(stage, against, 3));
  const slowest = Math.max(...times.map(([, ms]) => ms));
  return {
    name: 'lists',
    value: slowest,
    unit: `ms for the slowest page of 100, of ${times.length}, the median of ${rounds}`,
    limit: mostMs,
    beside: `with ${stage.size.records.toLocaleString('en')} records stored`,
    ratio: slowest / mostMs,
    target: { atMost: 1 },
    runs: [{ value: slowest, limit: mostMs }],
    further: { ...Object.fromEntries(times), ...worst, ...before, ...filled },
  };
}

async function eachOf(stage: Stage, lists: typeof asked, times: number): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (const [name, query] of Object.entries(lists)) found.push([`${name} (ms)`, await medianMs(stage, query, times)]);
  return found;
}

/** Of the first page and of the one behind it, whichever takes longer. */
async function medianMs(stage: Stage, query: string, times: number): Promise<number> {
  const first = (await page(stage, query)).next;
  const behind = first === null ? query : `${query}&cursor=${first}`;
  const medians: number[] = [];
  for (const one of [query, behind]) {
    const taken: number[] = [];
    for (let round = 0; round < times; round++) taken.push((await page(stage, one)).ms);
    medians.push(taken.sort((a, b) => a - b)[times >> 1] ?? 0);
  }
  return Math.max(...medians);
}

async function page(stage: Stage, query: string): Promise<{ ms: number; next: string | null }> {
  const started = performance.now();
  const answer = (await call(stage, 'GET', `/v1/records/contact?limit=100&${query}`)) as { next: string | null };
  return { ms: performance.now() - started, next: answer.next };
}

/** @returns how long the schema change took, while writes wait, and how long until the index was whole. */
async function makeFilterable(stage: Stage): Promise<Record<string, number>> {
  const document = (await call(stage, 'GET', '/v1/schema')) as {
    types: Record<string, { fields: Record<string, object> }>;
  };
  const contact = document.types.contact;
  if (contact === undefined) throw new Error('The demo has no contacts');
  for (const name of indexed) contact.fields[name] = { ...contact.fields[name], filterable: true };
  const started = performance.now();
  await call(stage, 'PUT', '/v1/schema', document);
  const changed = performance.now() - started;
  const isFilling = async (): Promise<boolean> =>
    ((await call(stage, 'PUT', '/v1/schema?plan=true', document)) as { filling: string[] }).filling.length > 0;
  while (await isFilling()) await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    'the schema change (ms)': changed,
    [`until the index of ${indexed.length} fields is filled (s)`]: (performance.now() - started) / 1000,
  };
}

async function call({ server }: Stage, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status > 299) throw new Error(`${method} ${path} answers ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
