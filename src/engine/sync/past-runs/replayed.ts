/** The elements that are to be replayed: of those that a run kept, as they were sent or as somebody has mended them. */
import type { ElementReader, ReplayCommand, SetReaders } from '../../../model/commands.ts';
import type { ReplayOutcome, SetFault } from '../../../model/runs.ts';
import type { Stamp } from '../../../model/stamp.ts';
import { isStorableText, shorten } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { countOpen, type ElementFilter, readElements, readOpen, readPlaces } from '../../../store/sync/run-elements.ts';
import type { RunContext } from '../applying/apply.ts';
import { readable } from '../queue/take-up.ts';
import { MalformedSet } from '../receiving/malformed-set.ts';
import { checked } from '../receiving/reading-set.ts';
import { chunkSize, type Elements } from '../receiving/unknown-elements.ts';
import { UnreadableSet } from '../runs/fail-run.ts';
import type { RunAt } from './at-run.ts';

/** As many are told at once. */
const mostFaults = 20;

/** `place`: in the body of the run that is replayed. */
type Text = { readonly place: number; readonly source: string };

/** `stamp`: of the set, which what somebody has mended is not of. */
export type Replayed = {
  readonly format: string;
  readonly stamp: Stamp | undefined;
  readonly count: number;
  readonly elements: Elements;
};

type At = RunAt & { readonly context: RunContext };

export async function findReplayed(
  tx: Transaction,
  readers: SetReaders,
  at: At,
  command: ReplayCommand,
): Promise<Replayed | ReplayOutcome> {
  const { row, context } = at;
  const { workspace } = context.catalogue;
  const sent = { format: row.format ?? '', stamp: row.stamp ?? undefined };
  if (command.kind === 'mended') return mendedRows(tx, readers, at, command);
  if (command.kind === 'open') {
    const count = await countOpen(tx, workspace, row.run);
    if (count === 0)
      return refused(
        'The run has no elements that were rejected, or have an error, which are kept and not resolved.',
        'See its elements and issues.',
      );
    return { ...sent, count, elements: asElements(() => openTexts(tx, workspace, row.run)) };
  }
  const { place, mended } = command;
  const filter = { ...anyElement, places: [place] };
  const [kept] = (await readElements(tx, workspace, row.run, filter, { after: -1, limit: 1 })).rows;
  if (kept === undefined) return { kind: 'unknown_element' };
  if (mended !== null) return ofTexts(mended.format, [{ place, source: mended.text }]);
  if (kept.resolved_by !== null)
    return refused(`Run ${kept.resolved_by} has applied it.`, 'Send it in the body, as it shall be now.');
  if (kept.source === null) return refused('What was sent is not kept.', 'Send the element in the body, as a row.');
  return { ...sent, count: 1, elements: asElements(() => once([{ place, source: kept.source ?? '' }])) };
}

const refused = (message: string, remedy: string): ReplayOutcome => ({ kind: 'refused', message, remedy });
const anyElement: ElementFilter = { outcomes: [], key: null, places: null, resolved: null, severity: null };

const ofTexts = (format: string, texts: readonly Text[]): Replayed => ({
  format,
  stamp: undefined,
  count: texts.length,
  elements: asElements(() => once(texts)),
});

/** Rows find the elements that they are for by their keys. */
async function mendedRows(
  tx: Transaction,
  readers: SetReaders,
  { row, on, type, context }: At,
  { format, rows }: Extract<ReplayCommand, { kind: 'mended' }>,
): Promise<Replayed | ReplayOutcome> {
  const { catalogue } = context;
  const reader = readers[format]?.({ catalogue, interface: on, type });
  if (reader === undefined) throw new UnreadableSet(`This server cannot read ${format}.`);
  const faults: SetFault[] = [];
  const keyed = keyedRows(readable(reader), rows, faults);
  const keys = keyed.map(({ key }) => key).filter(isStorableText);
  const kept = await readPlaces(tx, catalogue.workspace, row.run, keys);
  const places = new Map(kept.map(({ key, place }) => [key, place]));
  const texts = new Map<number, Text>();
  for (const { key, source, path } of keyed) {
    const place = places.get(key);
    if (place === undefined) faults.push({ path, message: `No element ${shorten(key, 100)} is kept of the run.` });
    else if (texts.has(place))
      faults.push({ path, message: `${shorten(key, 100)} is there twice: send the one that is right.` });
    else texts.set(place, { place, source });
  }
  const [first, ...others] = faults;
  if (first !== undefined) throw new MalformedSet(first.path, first.message, others.slice(0, mostFaults - 1));
  if (texts.size === 0) return refused('There are no rows in the body.', 'Send those that are mended.');
  const inOrder = [...texts.values()].sort((a, b) => a.place - b.place);
  return ofTexts(format, inOrder);
}

function keyedRows({ read, pathOf }: ElementReader, rows: readonly string[], faults: SetFault[]) {
  return rows.flatMap((source, index) => {
    try {
      return [{ key: checked(read(source, index)).key, source, path: pathOf(index) }];
    } catch (fault) {
      if (!(fault instanceof MalformedSet)) throw fault;
      faults.push(...fault.faults);
      return [];
    }
  });
}

function asElements(texts: () => AsyncIterable<readonly Text[]>): Elements {
  return {
    async *chunks(source) {
      for await (const chunk of texts())
        yield chunk.map((one) => ({ ...one, element: checked(source.read(one.source, one.place)), hash: null }));
    },
  };
}

async function* once(texts: readonly Text[]): AsyncGenerator<readonly Text[]> {
  for (let start = 0; start < texts.length; start += chunkSize) yield texts.slice(start, start + chunkSize);
}

async function* openTexts(tx: Transaction, workspace: number, run: number): AsyncGenerator<readonly Text[]> {
  for (let after = -1; ; ) {
    const page = await readOpen(tx, workspace, run, { after, limit: chunkSize });
    if (page.length > 0) yield page;
    after = page.at(-1)?.place ?? after;
    if (page.length < chunkSize) return;
  }
}
