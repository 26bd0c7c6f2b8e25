/** The second half of a run, once its body is known to be whole: judges and writes what is unknown, and deletes what was not supplied. */
import type { Catalogue, Interface, RecordType } from '../../../model/catalogue.ts';
import type { ElementSource, SetElement } from '../../../model/commands.ts';
import type { Caller } from '../../../model/principal.ts';
import { byKey } from '../../../model/ref.ts';
import type { ElementKind, RunCounts } from '../../../model/runs.ts';
import { isStorableText } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { forgetHeldDeletes, holdDeletes } from '../../../store/sync/held-deletes.ts';
import { type ElementRecord, putInterfaceRecords } from '../../../store/sync/interface-records.ts';
import { insertIssues, type PlacedIssue } from '../../../store/sync/issues.ts';
import { noCounts } from '../../balance.ts';
import { formOfKey } from '../../keys/key-of.ts';
import { joinPending } from '../../write/pending/join-pending.ts';
import type { OwnHashes } from '../../write/working/forget-hashes.ts';
import { outlives } from '../../write/working/stamps.ts';
import { storeSet } from '../../write/working/store-set.ts';
import type { WorkingSet, Writer } from '../../write/working/working-set.ts';
import { heldIssue, whyHeld } from '../holding/guard.ts';
import { ComesToSomethingElse, HeldWhole } from '../holding/hold-run.ts';
import { NumberSet } from '../known/number-set.ts';
import { type Duplicates, FirstCounts, FoundBefore } from '../receiving/duplicates.ts';
import { KeptElements } from '../receiving/kept-elements.ts';
import type { Received } from '../receiving/receive.ts';
import type { Elements, UnknownElement } from '../receiving/unknown-elements.ts';
import { duplicateIssue, unstorableIssue } from '../runs/issues.ts';
import { type Departure, depart, isReleased, letGo } from './delete-policy.ts';
import { judgeElement } from './judge-element.ts';
import { loadElements, loadForDelete, wantedBy } from './load-elements.ts';
import { Missing } from './missing.ts';
import { NearMisses } from './near-misses.ts';
import { isRepeatable } from './repeatable.ts';
import { loadedChunks, NumbersAhead } from './rows-ahead.ts';
import type { Scope } from './scope.ts';
import { dateElement, LeftRecords } from './set-stamp.ts';

export type RunContext = {
  readonly catalogue: Catalogue;
  readonly caller: Caller;
  readonly on: Interface;
  readonly type: RecordType;
  /** What the set is everything of. */
  readonly scope: Scope;
  /** Somebody has approved what the guard held: when the records were as this digest says, and that of those that are shown it takes some away. */
  readonly approved?: { readonly records: string; readonly shown: NumberSet };
  readonly run: number;
  /** The run whose elements are applied again, all of which are kept. */
  readonly replays?: number;
  /** Of a run that is planned, or done by a plan. */
  readonly planned?: PlannedRun;
};

/** What is told of a run while it is applied, and has the last word: what it throws undoes all. */
export type PlannedRun = {
  /** The body is whole. A lost race begins anew. */
  begin(tx: Transaction): Promise<void>;
  noteIssues(issues: readonly PlacedIssue[]): void;
  /** `place`: of the element that was rejected. */
  noteRejected(place: number): void;
  /** `number`: of a record that an element made. */
  noteMade(number: number): void;
  /** Records that the set leaves out and that stay, with the version that they had: they are the interface's no more. */
  noteReleased(
    tx: Transaction,
    records: readonly { readonly number: number; readonly version: number }[],
  ): Promise<void>;
  /** Whether the record is made by what is only planned: it is called by its key, as its number will mean nothing. */
  willNotBe(number: number): boolean;
  settle(tx: Transaction, applied: Applied): Promise<void>;
};

export type Applied = {
  readonly counts: RunCounts;
  readonly issues: number;
  readonly changes: number;
  readonly heldDeletes: number;
};

/** Characters of a chunk whose rows are kept in memory while the one before is judged: rows are mostly as large as the elements that they were made of. */
const mostAhead = 1024 * 1024;

export class Application {
  readonly #tx: Transaction;
  readonly #context: RunContext;
  readonly #received: Received;
  readonly #source: ElementSource;
  readonly #writer: Writer;
  readonly #counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] };
  /** Records whose elements were judged here, and keys of rejected elements that have no record. */
  readonly #judged = { numbers: new NumberSet(), rejected: new Set<string>() };
  readonly #nearMisses: NearMisses;
  readonly #kept: KeptElements;
  #issues: number;
  #changes = 0;
  #heldDeletes = 0;
  readonly #waitedFor: ReadonlySet<number>;

  /** @param issues how many the run has already. @param waitedFor the link types that links may be waiting of. */
  constructor(
    tx: Transaction,
    context: RunContext,
    source: ElementSource,
    received: Received,
    issues: number,
    waitedFor: ReadonlySet<number>,
  ) {
    this.#tx = tx;
    this.#context = context;
    this.#source = source;
    this.#received = received;
    this.#issues = issues;
    this.#waitedFor = waitedFor;
    this.#writer = { caller: context.caller, interface: context.on, run: context.run };
    this.#counts = { ...noCounts, ...received.counts };
    this.#nearMisses = new NearMisses(tx, context);
    this.#kept = new KeptElements(tx, context.catalogue.workspace, context.run, context.replays !== undefined);
  }

  /** As far as it has come. */
  get counts(): RunCounts {
    return this.#counts;
  }

  async apply(unknown: Elements): Promise<Applied> {
    await this.#context.planned?.begin(this.#tx);
    const duplicates = await this.#duplicatesAmong(unknown);
    for await (const { chunk, set } of this.#loaded(unknown)) await this.#upsert(chunk, set, duplicates);
    const { stamp } = this.#source;
    const left = stamp && new LeftRecords(this.#context, stamp);
    const missing = new Missing(this.#tx, this.#context, this.#received, this.#judged.numbers, left);
    this.#report(await this.#nearMisses.issues(missing.chunks()));
    if (!(await this.#holdMissing(missing)))
      for await (const chunk of missing.chunks()) await this.#depart(chunk, left);
    if (left?.issue !== undefined) this.#report([left.issue]);
    const [issues, changes, heldDeletes] = [this.#issues, this.#changes, this.#heldDeletes];
    const applied = { counts: this.#counts, issues, changes, heldDeletes };
    await this.#context.planned?.settle(this.#tx, applied);
    return applied;
  }

  async #duplicatesAmong(unknown: Elements): Promise<Duplicates> {
    if (this.#context.on.duplicates === 'first') return new FirstCounts(this.#received, this.#judged);
    return FoundBefore.among(this.#tx, this.#context, this.#source, unknown, this.#received, this.#judged);
  }

  /** What is joined of links that waited is no part of a chunk's set: where there may be some, nothing is read ahead. */
  #loaded(unknown: Elements): ReturnType<typeof loadedChunks<UnknownElement>> {
    const numbers = new NumbersAhead(this.#tx);
    const elementsOf = (chunk: readonly UnknownElement[]) => chunk.map(({ element }) => element);
    return loadedChunks(this.#tx, this.#context.catalogue, {
      chunks: unknown.chunks(this.#source),
      wantedOf: (chunk) => wantedBy(this.#context, elementsOf(chunk)),
      mayBeAhead: (chunk) =>
        this.#waitedFor.size === 0 && chunk.reduce((sum, { source }) => sum + source.length, 0) < mostAhead,
      ahead: () => numbers.drawAhead(),
      load: (chunk, wanted, rows) => loadElements(this.#tx, this.#context, elementsOf(chunk), wanted, rows, numbers),
    });
  }

  async #upsert(chunk: readonly UnknownElement[], set: WorkingSet, duplicates: Duplicates): Promise<void> {
    const { catalogue, on, type } = this.#context;
    const numberOf = ({ key }: SetElement): number | undefined => set.find(type, byKey(on.key, key))?.number;
    const named = (element: SetElement, place: number) => ({
      form: formOfKey(type, on, element.key),
      place,
      number: numberOf(element),
    });
    duplicates.look(chunk.map(({ element, place }) => named(element, place)));
    const issues: PlacedIssue[] = [];
    const applied: (UnknownElement & { readonly number: number; readonly clean: boolean })[] = [];
    for (const one of chunk) {
      const { element, place } = one;
      const keep = (outcome: ElementKind, record: number | undefined, hasIssue: boolean): void =>
        this.#kept.note({ place, key: element.key, number: record ?? null, outcome, source: one.source }, hasIssue);
      if (!isStorableText(element.key)) {
        this.#counts.rejected += 1;
        issues.push(unstorableIssue(element, place));
        keep('rejected', undefined, true);
        this.#context.planned?.noteRejected(place);
        continue;
      }
      const asked = named(element, place);
      const { number } = asked;
      const { kind, passedOver } = duplicates.standingOf(asked);
      if (passedOver !== undefined) issues.push(this.#setAside(number, element, passedOver));
      if (kind !== 'counts') {
        this.#counts[kind] += 1;
        issues.push(duplicateIssue(on.duplicates, { ...asked, key: element.key, path: element.path }));
        keep(kind, number, true);
        if (kind === 'rejected') this.#context.planned?.noteRejected(place);
        if (number !== undefined) this.#judged.numbers.add(number);
        continue;
      }
      set.place = place;
      const dated = dateElement(element, this.#source.stamp);
      set.beginWrite(dated.stamp);
      const outcome = judgeElement(set, this.#writer, this.#context, dated);
      this.#counts[outcome.kind] += 1;
      if (outcome.kind === 'created' && outcome.row !== null) this.#context.planned?.noteMade(outcome.row.number);
      if (outcome.kind === 'rejected') this.#context.planned?.noteRejected(place);
      // A record that was made of the element had no number yet when they were found.
      for (const issue of outcome.issues) issues.push({ ...issue, number: outcome.row?.number ?? null, place });
      keep(outcome.kind, outcome.row?.number, outcome.issues.length > 0);
      if (outcome.row === null) {
        this.#judged.rejected.add(formOfKey(type, on, element.key));
        continue;
      }
      const made = outcome.row.number;
      this.#judged.numbers.add(made);
      if (outcome.isOutOfScope) continue;
      if (outcome.kind === 'created')
        this.#nearMisses.add({ key: element.key, number: made, path: element.path, place });
      applied.push({ ...one, number: made, clean: outcome.issues.length === 0 });
    }
    const records = new Map<number, ElementRecord>();
    for (const { element, hash, number, clean } of applied) {
      const found = set.find(type, byKey(on.key, element.key))?.number === number;
      records.set(number, { number, hash: clean && found && isRepeatable(type, element) ? hash : null });
    }
    this.#kept.store();
    await this.#store(set, issues, records);
    if (records.size > 0) {
      const sorted = [...records.values()].sort((a, b) => a.number - b.number);
      putInterfaceRecords(this.#tx, catalogue.workspace, on.id, sorted);
    }
    // Last: what is joined here was not in the elements, whose hashes must not stand for it.
    this.#changes += await joinPending(this.#tx, set, this.#waitedFor, this.#changes);
  }

  /** An element that was passed over, and does not count after all. */
  #setAside(number: number | undefined, { key }: SetElement, place: number): PlacedIssue {
    const { duplicates } = this.#context.on;
    const outcome = duplicates === 'refuse' ? 'rejected' : 'superseded';
    this.#counts.unchanged -= 1;
    this.#counts[outcome] += 1;
    this.#kept.note({ place, key, number: number ?? null, outcome, source: null }, true);
    return duplicateIssue(duplicates, { key, path: this.#source.pathOf(place), place, number });
  }

  /** Whether the guard holds the deletes. Which records are still there is asked only where it might. */
  async #holdMissing(missing: Missing): Promise<boolean> {
    const { catalogue, on, run } = this.#context;
    const { received } = this.#received.counts;
    const most = await missing.count();
    if (most === 0 || this.#context.approved !== undefined) return false;
    const known = await missing.known();
    if (whyHeld(on.guard, { deletes: most, known, received }) === undefined) return false;
    let deletes = 0;
    for await (const chunk of missing.chunks()) deletes += await holdDeletes(this.#tx, catalogue.workspace, run, chunk);
    const reason = whyHeld(on.guard, { deletes, known, received });
    if (reason === undefined) {
      forgetHeldDeletes(this.#tx, catalogue.workspace, run);
      return false;
    }
    // Of a set that is done by a plan, somebody has seen what it does: only its deletes are held.
    if (on.guard.onTrip === 'hold_run' && this.#context.planned === undefined)
      throw new HeldWhole(missing, reason, { ...this.#counts });
    this.#heldDeletes = deletes;
    this.#report([heldIssue(deletes, reason, received, on.deletePolicy)]);
    return true;
  }

  async #depart(numbers: readonly number[], left: LeftRecords | undefined): Promise<void> {
    const { catalogue, on, type, run, approved, planned } = this.#context;
    const set = await loadForDelete(this.#tx, catalogue, numbers);
    const { stamp } = this.#source;
    set.beginWrite(stamp);
    const departures: (Departure & { readonly number: number; readonly version: number })[] = [];
    for (const number of numbers) {
      const row = set.rows.get(number);
      const version = row?.version ?? 0;
      if (stamp !== undefined && row?.deletedAt === null && outlives(row, stamp)) left?.leave(number, row.values);
      else departures.push({ number, version, ...depart(set, this.#writer, this.#context, number, stamp) });
    }
    for (const { kind, number } of departures) {
      if (kind === 'gone' || kind === 'stays') continue;
      if (approved?.shown.has(number) === false)
        throw new ComesToSomethingElse(`it would take away ${type.label} ${number} as well`);
      this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    }
    const leaving = departures.filter(({ kind }) => kind !== 'stays');
    await this.#store(set, [], new Set(leaving.map(({ number }) => number)));
    letGo(this.#tx, catalogue.workspace, on.id, run, leaving);
    await planned?.noteReleased(this.#tx, departures.filter(isReleased));
  }

  /** @param own records of which is written behind this what the interface knows of them. */
  async #store(set: WorkingSet, issues: readonly PlacedIssue[], own: OwnHashes['numbers']): Promise<void> {
    this.#changes += await storeSet(this.#tx, set, this.#changes, {
      own: { interface: this.#context.on.id, numbers: own },
    });
    this.#report(issues);
  }

  #report(issues: readonly PlacedIssue[]): void {
    if (issues.length === 0) return;
    this.#context.planned?.noteIssues(issues);
    insertIssues(this.#tx, this.#context.catalogue.workspace, this.#context.run, this.#issues, issues);
    this.#issues += issues.length;
  }
}
