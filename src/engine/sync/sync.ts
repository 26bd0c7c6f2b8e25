/** A run: makes an interface's records equal a complete set, in one transaction. */
import type { Catalogue, Interface, RecordType } from '../../model/catalogue.ts';
import type { SetElement } from '../../model/commands.ts';
import { guidOf } from '../../model/ids.ts';
import type { RunCounts, RunView, SyncOutcome } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { byKey, byNumber } from '../../model/ref.ts';
import { isStorableText, shorten } from '../../model/text.ts';
import { insertCommit } from '../../store/changes.ts';
import { type Database, isRaceLost, type Transaction, waitLongerForLocks } from '../../store/database.ts';
import { drawNumbers } from '../../store/records.ts';
import * as runs from '../../store/runs.ts';
import type { Access } from '../access/access.ts';
import { isSpent, LinkWants, Wants } from '../write/commands.ts';
import { judgeDelete } from '../write/judge-upsert.ts';
import { holdCatalogue, loadLinks, loadLookupOwners, loadRows, StaleCatalogue } from '../write/run-batch.ts';
import { storeSet } from '../write/store-set.ts';
import type { WorkingSet, Writer } from '../write/working-set.ts';
import { judgeElement } from './judge-element.ts';

const chunkSize = 1000;
const maxAttempts = 5;
const maxKeyLength = 512;

export type SyncContext = {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: () => Promise<Catalogue>;
  readonly staleCatalogue: () => void;
};

export async function sync(
  context: SyncContext,
  caller: Caller,
  endpoint: string,
  elements: readonly SetElement[],
): Promise<SyncOutcome> {
  const receivedAt = new Date();
  for (let attempt = 1; ; attempt++) {
    const catalogue = await context.catalogue();
    const on = catalogue.interfaces.get(endpoint);
    const type = on === undefined ? undefined : catalogue.types.get(on.type);
    if (on === undefined || type === undefined || on.direction !== 'synchronising')
      return { kind: 'unknown_interface', endpoint };
    const refusal = (await context.access.mayCall(caller.principal, on)) ? malformed(elements) : forbidden(caller, on);
    if (refusal !== undefined) return refusal;
    try {
      const run = await context.database.inWorkspace(catalogue.workspace, (tx) =>
        new Run(tx, catalogue, caller, on, type).apply(elements, receivedAt),
      );
      return { kind: 'done', run };
    } catch (fault) {
      if (fault instanceof StaleCatalogue) context.staleCatalogue();
      else if (!isRaceLost(fault)) throw fault;
      if (attempt === maxAttempts) throw fault;
    }
  }
}

function forbidden(caller: Caller, on: Interface): SyncOutcome {
  return {
    kind: 'forbidden',
    message: `${caller.principal.name} may not call the interface ${on.endpoint}. Use one of its API keys, or have this one added to it.`,
  };
}

function malformed(elements: readonly SetElement[]): SyncOutcome | undefined {
  const bad = elements.find((element) => element.key === '' || element.key.length > maxKeyLength);
  if (bad === undefined) return undefined;
  const message =
    bad.key === ''
      ? 'An element has no key.'
      : `The key ${shorten(bad.key, 40)} is longer than ${maxKeyLength} characters.`;
  return { kind: 'malformed', path: bad.path, message };
}

const noCounts: RunCounts = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  revived: 0,
  rejected: 0,
  superseded: 0,
  held: 0,
  deleted: 0,
};

class Run {
  readonly #tx: Transaction;
  readonly #catalogue: Catalogue;
  readonly #caller: Caller;
  readonly #on: Interface;
  readonly #type: RecordType;
  readonly #counts: Record<keyof RunCounts, number> = { ...noCounts };
  #number = 0;
  #changes = 0;
  #issues = 0;

  constructor(tx: Transaction, catalogue: Catalogue, caller: Caller, on: Interface, type: RecordType) {
    this.#tx = tx;
    this.#catalogue = catalogue;
    this.#caller = caller;
    this.#on = on;
    this.#type = type;
  }

  async apply(elements: readonly SetElement[], receivedAt: Date): Promise<RunView> {
    const { workspace } = this.#catalogue;
    waitLongerForLocks(this.#tx, 60);
    await runs.lockInterface(this.#tx, workspace, this.#on.id);
    await holdCatalogue(this.#tx, this.#catalogue);
    this.#number = await runs.insertRun(this.#tx, workspace, {
      interface: this.#on.id,
      state: 'received',
      counts: noCounts,
      issues: 0,
      received_at: receivedAt,
      finished_at: null,
      failure: null,
      principal_id: this.#caller.principal.id,
      via: this.#caller.via,
      request: this.#caller.requestId,
    });
    this.#counts.received = elements.length;

    const responsible = new Set(await runs.readInterfaceRecords(this.#tx, workspace, this.#on.id));
    const supplied = await this.#upsertAll(elements);
    const added = [...supplied].filter((number) => !responsible.has(number));
    if (added.length > 0) await runs.addInterfaceRecords(this.#tx, workspace, this.#on.id, added);
    await this.#deleteAll([...responsible].filter((number) => !supplied.has(number)));

    return this.#finish(receivedAt);
  }

  get #writer(): Writer {
    return { caller: this.#caller, interface: this.#on, run: this.#number };
  }

  /** @returns the numbers of the records that the set supplied. */
  async #upsertAll(elements: readonly SetElement[]): Promise<Set<number>> {
    const supplied = new Set<number>();
    const seen = new Set<string>();
    for (let start = 0; start < elements.length; start += chunkSize) {
      const chunk: SetElement[] = [];
      const issues: runs.IssueRow[] = [];
      for (const element of elements.slice(start, start + chunkSize)) {
        if (!isStorableText(element.key)) issues.push(this.#unstorable(element));
        else if (seen.has(element.key)) issues.push(this.#duplicate(element));
        else chunk.push(element);
        seen.add(element.key);
      }
      const set = await this.#load(chunk);
      for (const element of chunk) {
        const outcome = judgeElement(set, this.#writer, this.#type, this.#on, element);
        this.#counts[outcome.kind] += 1;
        if (outcome.row !== null) supplied.add(outcome.row.number);
        issues.push(...outcome.issues);
      }
      await this.#store(set, issues);
    }
    return supplied;
  }

  /** No record can have such a key, so that nothing is deleted for want of it. */
  #unstorable(element: SetElement): runs.IssueRow {
    this.#counts.rejected += 1;
    return {
      severity: 'error',
      code: 'invalid_value',
      key: shorten(element.key, 512),
      number: null,
      path: element.path,
      member: null,
      value: null,
      message:
        'The key of this element has NUL characters or lone surrogates, which cannot be stored: the element was skipped.',
      remedy: 'Correct the key in the sending application and send the set again.',
      at: new Date(),
    };
  }

  /** First wins: that is what Relatics does, and the default. */
  #duplicate(element: SetElement): runs.IssueRow {
    this.#counts.superseded += 1;
    return {
      severity: 'error',
      code: 'duplicate_key',
      key: shorten(element.key, 512),
      number: null,
      path: element.path,
      member: null,
      value: null,
      message: `${shorten(element.key, 100)} stands in the set more than once: the first was applied, this one was not.`,
      remedy: 'Send each element once.',
      at: new Date(),
    };
  }

  async #load(chunk: readonly SetElement[]): Promise<WorkingSet> {
    const wants = new Wants(this.#catalogue);
    let links = 0;
    for (const element of chunk) {
      wants.addRef(this.#type, byKey(this.#on.key, element.key));
      for (const member of element.members) {
        if (member.kind === 'field') {
          wants.addFields(this.#type, { [member.field]: member.value });
          links += 1;
        } else if (member.kind === 'relation') {
          const end = this.#type.linkEnds.get(member.link);
          const target = end && this.#catalogue.types.get(end.other);
          for (const ref of member.targets) wants.addRef(target, ref);
          links += member.targets.length;
        }
      }
    }
    const { set } = await loadRows(this.#tx, this.#catalogue, new Date(), wants.wanted);
    await this.#loadLinks(set, chunk);
    const fresh = chunk.filter((element) => {
      const found = set.find(this.#type, byKey(this.#on.key, element.key));
      return found === undefined || isSpent(found);
    }).length;
    const hasLinks = chunk.some((element) => element.members.some((member) => this.#mayLink(member)));
    set.giveNumbers(await drawNumbers(this.#tx, { records: fresh, links: hasLinks ? links : 0 }));
    return set;
  }

  #mayLink(member: SetElement['members'][number]): boolean {
    if (member.kind === 'relation') return true;
    return member.kind === 'field' && this.#type.fieldsByKey.get(member.field)?.link !== null;
  }

  async #loadLinks(set: WorkingSet, chunk: readonly SetElement[]): Promise<void> {
    const wants = new LinkWants();
    const shownElsewhere: number[] = [];
    for (const element of chunk) {
      const row = set.find(this.#type, byKey(this.#on.key, element.key));
      if (row !== undefined && this.#type.linkEnds.size > 0) wants.addRecord(row.number);
      for (const member of element.members) {
        const end = member.kind === 'relation' ? this.#type.linkEnds.get(member.link) : undefined;
        const targetType = end && this.#catalogue.types.get(end.other);
        if (member.kind !== 'relation' || end === undefined || targetType === undefined) continue;
        if (row !== undefined && end.side === 'right' && end.link.lookupField !== null) shownElsewhere.push(row.number);
        for (const ref of member.targets) {
          const target = set.find(targetType, ref);
          if (target === undefined) continue;
          wants.addLeft(end.link, target.number);
          wants.addRight(end.link, target.number);
        }
      }
    }
    await loadLinks(this.#tx, set, wants);
    await loadLookupOwners(this.#tx, set, shownElsewhere);
  }

  async #deleteAll(numbers: readonly number[]): Promise<void> {
    for (let start = 0; start < numbers.length; start += chunkSize) {
      const chunk = numbers.slice(start, start + chunkSize);
      const { set } = await loadRows(this.#tx, this.#catalogue, new Date(), { numbers: chunk, keys: [] });
      const wants = new LinkWants();
      for (const number of chunk) wants.addRecord(number);
      await loadLinks(this.#tx, set, wants);
      await loadLookupOwners(this.#tx, set, chunk);
      for (const number of chunk) {
        const outcome = judgeDelete(set, this.#writer, { type: this.#type.key, ref: byNumber(number) });
        if (outcome.kind === 'deleted') this.#counts.deleted += 1;
      }
      await this.#store(set, []);
      // Those too that somebody else had deleted before.
      const gone = chunk.filter((number) => set.rows.get(number)?.deletedAt !== null);
      await runs.removeInterfaceRecords(this.#tx, this.#catalogue.workspace, this.#on.id, gone);
    }
  }

  async #store(set: WorkingSet, issues: readonly runs.IssueRow[]): Promise<void> {
    this.#changes += await storeSet(this.#tx, set, this.#changes);
    if (issues.length === 0) return;
    await runs.insertIssues(this.#tx, this.#catalogue.workspace, this.#number, this.#issues, issues);
    this.#issues += issues.length;
  }

  async #finish(receivedAt: Date): Promise<RunView> {
    const counts: RunCounts = { ...this.#counts };
    const { received, created, updated, unchanged, revived, rejected, superseded, held } = counts;
    if (received !== created + updated + unchanged + revived + rejected + superseded + held) {
      throw new Error(`Run ${this.#number} does not balance: ${JSON.stringify(counts)}`);
    }
    const finishedAt = new Date();
    const state = counts.rejected + counts.superseded > 0 || this.#issues > 0 ? 'partial' : 'applied';
    const row = { run: this.#number, state, counts, issues: this.#issues, finished_at: finishedAt } as const;
    await runs.updateRun(this.#tx, this.#catalogue.workspace, row);
    // Taken last: the counter is held by the commit only.
    if (this.#changes > 0) insertCommit(this.#tx, this.#catalogue.workspace, finishedAt);
    return runView(this.#catalogue, this.#on.endpoint, {
      ...row,
      interface: this.#on.id,
      received_at: receivedAt,
      failure: null,
    });
  }
}

export function runView(catalogue: Catalogue, endpoint: string, row: runs.RunRow): RunView {
  return {
    id: guidOf('run', catalogue.workspace, row.run),
    number: row.run,
    interface: endpoint,
    state: row.state,
    counts: row.counts,
    issues: row.issues,
    receivedAt: row.received_at,
    finishedAt: row.finished_at,
    failure: row.failure,
  };
}
