/**
 * Takes an import back, as sync/revert.ts does a run: in one transaction, a chunk of changes at a time. The revert is kept as an import, whose
 * rows are the changes that it takes back; those that it leaves alone are its rejected rows.
 */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { ImportRevertOutcome } from '../../model/imports.ts';
import type { Caller } from '../../model/principal.ts';
import type { IssueView, RunCounts } from '../../model/runs.ts';
import { insertCommit } from '../../store/changes/changes.ts';
import {
  advanceImport,
  endImport,
  findImport,
  holdImport,
  insertImport,
  insertRejections,
  markImportReverted,
  noteImportBatch,
  type ShownImport,
} from '../../store/imports.ts';
import { lockLinksOfImport, removePendingLinks } from '../../store/links/pending-links.ts';
import { mayIdle, type Transaction, waitLongerForLocks } from '../../store/postgres/database.ts';
import {
  holdBatches,
  readBatchesOfImport,
  readChangesAfterImport,
  readChangesOfImport,
} from '../../store/sync/run-changes.ts';
import { mayConfigure } from '../access/grants.ts';
import { noOutcomes } from '../balance.ts';
import { importView } from '../read/imports.ts';
import { issueView } from '../sync/runs/issue-view.ts';
import { type LeftAlone, leftIssue, mostListed, Undoer } from '../undo/undo-chunk.ts';
import { type RevertWatch, unwatched } from '../undo/watch.ts';
import { attempt, type WriteContext } from '../write/attempt.ts';
import { holdCatalogue } from '../write/run-batch.ts';
import { findOwnImport } from './resume.ts';

const lockSeconds = 60;
const idleSeconds = 100;
const chunkSize = 1_000;

export const revertImport = (
  context: WriteContext,
  caller: Caller,
  id: string,
  watch: RevertWatch = unwatched,
): Promise<ImportRevertOutcome> =>
  attempt(context, true, async (tx, catalogue): Promise<ImportRevertOutcome> => {
    const { workspace } = catalogue;
    const seen = await findOwnImport(tx, workspace, caller, id);
    if (seen === undefined) return { kind: 'unknown_import' };
    if (!mayConfigure(caller.principal)) return { kind: 'forbidden' };
    waitLongerForLocks(tx, lockSeconds);
    mayIdle(tx, idleSeconds);
    // Whoever still writes rows of it finds that somebody else has it.
    await holdImport(tx, workspace, seen.import);
    const of = (await findImport(tx, workspace, seen.import)) ?? seen;
    const namedBy = of.command.kind === 'records' ? { type: of.command.type, field: of.command.key } : null;
    await watch.begin(tx, { catalogue, of: { import: of.import }, namedBy });
    const reason = whyNot(of);
    if (reason !== undefined) return { kind: 'refused', message: reason };
    const waitedFor = await holdCatalogue(tx, catalogue);
    const batches = await readBatchesOfImport(tx, workspace, of.import);
    if (!(await holdBatches(tx, workspace, batches)))
      return { kind: 'refused', message: 'What it changed is older than the changes that are kept.' };
    const own = await begin(tx, catalogue, caller, of);
    const revert = new ImportRevert(tx, catalogue, of, own, caller, waitedFor, watch);
    const ended = await revert.undoAll(batches);
    return { kind: 'reverted', import: importView(workspace, ended), counts: revert.counts, left: revert.left };
  });

function whyNot({ state, reverts }: ShownImport): string | undefined {
  if (reverts !== null) return 'It is itself a revert. To have the rows again, import them again.';
  return state === 'reverted' ? 'It was reverted already.' : undefined;
}

function begin(
  tx: Transaction,
  { workspace }: Catalogue,
  { principal, via, requestId: request }: Caller,
  { command, import: reverts }: ShownImport,
): Promise<number> {
  const asked = { principal_id: principal.id, via, request, started_at: clock.now() };
  return insertImport(tx, workspace, { command, counts: noOutcomes, reverts, ...asked });
}

class ImportRevert {
  readonly #tx: Transaction;
  readonly #catalogue: Catalogue;
  readonly #of: ShownImport;
  /** Its own number. */
  readonly #import: number;
  readonly #watch: RevertWatch;
  readonly #undoer: Undoer;
  readonly left: IssueView[] = [];
  #rejected = 0;
  #at: Parameters<typeof advanceImport>[3] = { rows_done: 0, counts: noOutcomes };

  constructor(
    tx: Transaction,
    catalogue: Catalogue,
    of: ShownImport,
    own: number,
    caller: Caller,
    waitedFor: ReadonlySet<number>,
    watch: RevertWatch,
  ) {
    this.#tx = tx;
    this.#watch = watch;
    this.#catalogue = catalogue;
    this.#of = of;
    this.#import = own;
    const requests = [...of.requests, caller.requestId];
    this.#undoer = new Undoer(tx, {
      catalogue,
      writer: { caller, interface: null, run: null },
      type: of.command.kind === 'records' ? catalogue.types.get(of.command.type) : undefined,
      key: of.command.kind === 'records' ? of.command.key : 'external_id',
      waitedFor,
      readLater: (records) => readChangesAfterImport(tx, catalogue.workspace, records, [of.import, own], requests),
    });
  }

  get counts(): RunCounts {
    return this.#undoer.counts;
  }

  /** The last change first. */
  async undoAll(batches: readonly number[]): Promise<ShownImport> {
    const { workspace } = this.#catalogue;
    const { import: reverts, requests } = this.#of;
    for (const batch of batches.toReversed()) {
      for (let before = 2 ** 31 - 1; ; ) {
        const chunk = await readChangesOfImport(this.#tx, workspace, { requests, batch, before, limit: chunkSize });
        if (chunk.length > 0) await this.#report((await this.#undoer.undo(chunk)).left);
        await this.#advance();
        before = chunk.at(-1)?.row ?? before;
        if (chunk.length < chunkSize) break;
      }
    }
    await this.#withdraw();
    await this.#watch.settle(this.#tx, { counts: this.counts, left: this.left, changes: this.#undoer.changes });
    await markImportReverted(this.#tx, workspace, reverts, { by: this.#import, at: clock.now() });
    const ended = { import: this.#import, attempt: 1, state: 'done', failure: null, finished_at: clock.now() } as const;
    await endImport(this.#tx, workspace, ended);
    const row = await findImport(this.#tx, workspace, this.#import);
    if (row === undefined) throw new Error('The revert is gone');
    const { changes } = this.#undoer;
    if (changes > 0) insertCommit(this.#tx, workspace, clock.now(), changes);
    return row;
  }

  /** Links of it that wait for their records. */
  async #withdraw(): Promise<void> {
    const { workspace } = this.#catalogue;
    const { command, requests, principal_id: principal, started_at: since } = this.#of;
    const link = command.kind === 'links' ? this.#catalogue.links.get(command.link) : undefined;
    if (link === undefined) return;
    const waiting = { linkType: link.id, principal, requests, since };
    for (let after = 0; ; ) {
      const rows = await lockLinksOfImport(this.#tx, workspace, waiting, { after, limit: chunkSize });
      const numbers = rows.map(({ number }) => number);
      removePendingLinks(this.#tx, workspace, numbers);
      this.#watch.noteWithdrawn(rows);
      after = numbers.at(-1) ?? after;
      if (rows.length < chunkSize) return;
    }
  }

  /** What it changes itself is not to be taken for a later change. */
  async #advance(): Promise<void> {
    const { counts, changes } = this.#undoer;
    const { workspace } = this.#catalogue;
    const to = { rows_done: counts.received, counts: { ...counts } };
    await advanceImport(this.#tx, workspace, { import: this.#import, attempt: 1 }, this.#at, to, clock.now());
    this.#at = to;
    if (changes > 0) noteImportBatch(this.#tx, workspace, this.#import);
  }

  async #report(left: readonly LeftAlone[]): Promise<void> {
    if (left.length === 0) return;
    const { workspace } = this.#catalogue;
    const { command } = this.#of;
    const key = command.kind === 'records' ? command.type : (this.#catalogue.links.get(command.link)?.left ?? '');
    const label = this.#catalogue.types.get(key)?.label ?? key;
    const issues = left.map((one, index) => leftIssue(label, one, this.#rejected + index));
    const rows = issues.map(({ place, key: itsKey, number, message }) => ({
      row: place,
      line: place + 1,
      key: itsKey ?? String(number),
      violations: [{ code: 'changed_since' as const, message }],
      source: '',
    }));
    insertRejections(this.#tx, workspace, this.#import, rows);
    this.#watch.noteLeft(key, issues);
    this.#rejected += rows.length;
    for (const issue of issues) {
      if (this.left.length === mostListed) return;
      this.left.push(issueView(this.#catalogue, key, issue));
    }
  }
}
