// Complete sets of a million stored elements, sent again: against reading and parsing the same body and doing nothing with it.
import { textOf, upload, writeBody } from './bodies.ts';
import { compare, type Figure, progress, type Subject } from './figure.ts';
import { type Stage, token } from './stage.ts';

type Format = 'ndjson' | 'json' | 'xml';

const workspace = '755053b0-ba42-494a-b467-8c2cf408be65';
const paths: Readonly<Record<Format, string>> = {
  ndjson: '/v1/interfaces/myendpoint/runs',
  json: '/v1/interfaces/myendpoint/runs',
  xml: `/api/v1/workspaces/${workspace}/interfaces/synchronizing/myendpoint`,
};
const types: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  xml: 'application/xml',
};

type Element = { readonly key: string; readonly name: string; readonly day: string; readonly length: number };

/** Each step gives the elements at 1 % of the places another name, and puts a new element in the place of an old one at 0.5 %. */
const mostSteps = 40;

/** The element at a place of the set after so many steps; about 300 bytes in JSON. */
function elementAt(place: number, steps: number): Element {
  const turn = place % 200;
  const isChanged = turn % 100 >= 1 && turn % 100 <= steps;
  const isReplaced = turn >= 150 && turn < 150 + steps;
  return {
    key: `E-${String(place).padStart(8, '0')}${isReplaced ? '-new' : ''}`,
    name: textOf(isChanged ? place + 17 : place, 200),
    day: `20${10 + (place % 15)}-0${1 + (place % 9)}-1${place % 10}`,
    length: (place % 100_000) / 8,
  };
}

const jsonOf = ({ key, name, day, length }: Element): string =>
  `{"external_id":"${key}","name":"${name}","installed_on":"${day}","length":${length}}`;

const xmlOf = ({ key, name, day, length }: Element): string =>
  `<Element externalid="${key}"><Name>${name}</Name><Installed_x0020_on>${day}</Installed_x0020_on><Length>${length}</Length></Element>`;

const frames = {
  ndjson: {},
  json: { start: '[', between: ',', end: ']' },
  xml: { start: '<elements><Elements>', end: '</Elements></elements>' },
} as const;

const bodyOf = (file: string, count: number, format: Format, steps: number): Promise<string> =>
  writeBody(file, count, (place) => (format === 'xml' ? xmlOf : jsonOf)(elementAt(place, steps)), frames[format]);

type Counts = Readonly<Record<'received' | 'created' | 'updated' | 'unchanged' | 'deleted', number>> & {
  /** Counted as created by the Relatics dialect. */
  readonly revived?: number;
};

/** A set on a stage: what was sent last, and in which format, since an element is known by the bytes in which it came. */
class StoredSet {
  readonly #stage: Stage;
  readonly #size: number;
  #steps = 0;
  #format: Format | null = null;
  #body = '';

  constructor(stage: Stage, size = stage.size.records) {
    this.#stage = stage;
    this.#size = size;
  }

  async #write(format: Format): Promise<void> {
    const { folder } = this.#stage;
    this.#body = await bodyOf(`${folder}/set`, this.#size, format, this.#steps);
  }

  /** Sends the set as it is, unless it was sent last in this format. */
  async ensure(format: Format): Promise<void> {
    if (this.#format === format) return;
    if (this.#format === null) await this.#openGuard();
    await this.#write(format);
    progress(
      `${this.#format === null ? 'storing' : 'sending'} ${this.#size.toLocaleString('en')} elements as ${format}`,
    );
    const { counts } = await this.#send(format);
    if (counts.created + counts.unchanged + counts.updated !== this.#size)
      throw new Error(`Of ${this.#size} elements ${JSON.stringify(counts)} were taken.`);
    this.#format = format;
    await this.#stage.settle({ vacuum: true });
  }

  /** A step deletes more of a large set than the interface allows as the demo has it. */
  async #openGuard(): Promise<void> {
    const answer = await fetch(`${this.#stage.server.url}/v1/interfaces/myendpoint`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ guard: { deletes: null } }),
    });
    if (!answer.ok) throw new Error(`The guard cannot be opened: ${answer.status} ${await answer.text()}`);
  }

  async sendUnchanged(format: Format): Promise<Subject> {
    await this.#stage.settle();
    const { result, walMb } = await this.#stage.walOf(() => this.#send(format));
    this.#expect(result.counts, { unchanged: this.#size, updated: 0, deleted: 0 });
    return { value: result.seconds, walMb };
  }

  /** @returns what the next step cost. */
  async sendNext(format: Format): Promise<Required<Subject>> {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new Error(`There are ${mostSteps} steps only.`);
    await this.#write(format);
    const { result, walMb } = await this.#stage.walOf(() => this.#send(format));
    const share = (part: number): number => this.#size * part;
    if (this.#size % 200 === 0)
      this.#expect(result.counts, { updated: share(0.01), created: share(0.005), deleted: share(0.005) });
    return { value: result.seconds, walMb };
  }

  /** Reading and parsing the same body in a bare server. */
  async readAlone(url: string, format: Format): Promise<number> {
    return (await upload(url, { path: `/${format}`, file: this.#body, type: types[format] })).seconds;
  }

  async #send(format: Format): Promise<{ seconds: number; counts: Counts }> {
    const { url } = this.#stage.server;
    const { seconds, text } = await upload(url, { path: paths[format], file: this.#body, type: types[format] });
    const answer = JSON.parse(text);
    const counts: Counts = answer.counts ?? answer;
    return { seconds, counts: { ...counts, created: counts.created + (counts.revived ?? 0) } };
  }

  #expect(counts: Counts, wanted: Partial<Counts>): void {
    const wrong = Object.entries(wanted).filter(([name, count]) => counts[name as keyof Counts] !== count);
    if (wrong.length > 0) throw new Error(`The run counts ${JSON.stringify(counts)}, not ${JSON.stringify(wanted)}.`);
  }
}

const sets = new WeakMap<Stage, StoredSet>();

function storedSet(stage: Stage): StoredSet {
  const set = sets.get(stage) ?? new StoredSet(stage);
  sets.set(stage, set);
  return set;
}

/** Also of a step: the first marks what the step before it took away in the index by which the records of an interface are read, and logs its pages. */
const rounds = 3;
const unitOf = (stage: Stage): string => `s for ${stage.size.records.toLocaleString('en')} elements`;

async function unchanged(stage: Stage, name: string, format: Format, atMost: number, beside: string): Promise<Figure> {
  const set = storedSet(stage);
  await set.ensure(format);
  const { url } = await stage.limitProcess('limit-readers.ts', []);
  return await compare({
    name,
    unit: unitOf(stage),
    beside,
    target: { atMost },
    wal_target_mb: 1,
    rounds,
    ours: () => set.sendUnchanged(format),
    limit: () => set.readAlone(url, format),
  });
}

async function onePercent(stage: Stage, name: string, format: Format): Promise<Figure> {
  const set = storedSet(stage);
  await set.ensure(format);
  const { url } = await stage.limitProcess('limit-readers.ts', []);
  // The first write to a page after a checkpoint logs the whole page. How often that happens is a matter of the checkpoints, so that one
  // step pays for it before the others are measured.
  await stage.settle();
  const first = await set.sendNext(format);
  return await compare({
    name,
    unit: `${unitOf(stage)}, 1 % changed, 0.5 % new, 0.5 % gone`,
    beside: 'reading and JSON.parse alone',
    target: { atMost: 2 },
    wal_target_mb: 40,
    further: { 'right after a checkpoint, MB of WAL': first.walMb },
    rounds,
    ours: () => set.sendNext(format),
    limit: () => set.readAlone(url, format),
  });
}

export const setUnchanged = async (stage: Stage): Promise<Figure[]> => [
  await unchanged(stage, 'set-unchanged', 'ndjson', 1.4, 'reading and JSON.parse alone'),
  await unchanged(stage, 'set-unchanged-json', 'json', 1.4, 'reading and JSON.parse alone'),
];

/** The format that was sent last comes first. */
export const setOnePercent = async (stage: Stage): Promise<Figure[]> => [
  await onePercent(stage, 'set-1pct-json', 'json'),
  await onePercent(stage, 'set-1pct', 'ndjson'),
];

export const setXml = (stage: Stage): Promise<Figure> => unchanged(stage, 'set-xml', 'xml', 1.6, "saxes' events alone");

/** A set in NDJSON that is stored, to be sent as it is or with the next step. */
export async function setSteps(stage: Stage): Promise<{ unchanged(): Promise<unknown>; next(): Promise<unknown> }> {
  const set = storedSet(stage);
  await set.ensure('ndjson');
  return { unchanged: () => set.sendUnchanged('ndjson'), next: () => set.sendNext('ndjson') };
}

/** What an element costs in a set of so many, of which 1 % change. */
export async function onePercentMicroseconds(stage: Stage, size: number): Promise<number> {
  const set = new StoredSet(stage, size);
  await set.ensure('ndjson');
  return ((await set.sendNext('ndjson')).value * 1e6) / size;
}
