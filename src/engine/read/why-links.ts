/** Where the links of a record come from: who made or changed each of them last, and who was refused them since. */
import type { Catalogue, LinkEnd, RecordType } from '../../model/catalogue.ts';
import type { ListRejected, Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { LinkWhy } from '../../model/why.ts';
import { type LinkRow, listLinks } from '../../store/links/links.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import {
  type LinkWriteRow,
  type RefusedRow,
  readLastLinkWrites,
  readLastUnlinking,
  readRefused,
} from '../../store/records/why.ts';
import { grantViolations } from '../access/grants.ts';
import { pointerTo } from '../views.ts';
import { recordNotFound, rejected, rejectedFor } from '../write/judging/rejected.ts';
import { memberOf } from '../write/refusals.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { findRow } from './records.ts';
import type { WhyQuery } from './why.ts';
import { mostRefused, refusalOf, writingOf } from './why-writing.ts';

/** `why_link`: of a side that takes one. `why_links`: a page of those of a side that takes many, in the order of their numbers. */
export type WhyLinksOutcome =
  | { readonly kind: 'why_link'; readonly name: string; readonly why: LinkWhy }
  | {
      readonly kind: 'why_links';
      readonly name: string;
      readonly owner: LinkWhy['owner'];
      readonly links: readonly LinkWhy[];
      readonly next: string | null;
    }
  | Rejected
  | ListRejected;

export async function whyLinks(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  type: RecordType,
  end: LinkEnd,
  query: WhyQuery,
): Promise<WhyLinksOutcome> {
  const ungranted = rejectedFor(grantViolations(caller.principal, 'read', end.other));
  if (ungranted) return ungranted;
  const identity = [catalogue.workspace, 'why', query.type, query.ref, query.name];
  const [after = 0] = query.cursor === undefined ? [0] : (decodeCursor(identity, query.cursor) ?? ['foreign']);
  if (!isCount(after)) return foreignCursor;
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<WhyLinksOutcome> => {
    const record = await findRow(tx, catalogue, type, query.ref);
    if (record === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
    const reading = new Reading(tx, catalogue, type, end, record.number);
    if (end.single) return { kind: 'why_link', name: end.name, why: await reading.single() };
    const { links, next } = await reading.page(after, query.limit);
    const cursor = next === undefined ? null : encodeCursor(identity, [next]);
    return { kind: 'why_links', name: end.name, owner: end.link.owner, links, next: cursor };
  });
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

class Reading {
  readonly #tx: Transaction;
  readonly #catalogue: Catalogue;
  readonly #type: RecordType;
  readonly #end: LinkEnd;
  readonly #number: number;

  constructor(tx: Transaction, catalogue: Catalogue, type: RecordType, end: LinkEnd, number: number) {
    this.#tx = tx;
    this.#catalogue = catalogue;
    this.#type = type;
    this.#end = end;
    this.#number = number;
  }

  async single(): Promise<LinkWhy> {
    const [link] = await this.#links(0, 1);
    if (link !== undefined) return (await this.#why([link]))[0] as LinkWhy;
    const { workspace } = this.#catalogue;
    const { link: type, side } = this.#end;
    const unlinked = await readLastUnlinking(this.#tx, workspace, this.#number, type.id, side);
    const refused = await this.#refused(unlinked?.at ?? new Date(0));
    // Without any change of it there may never have been a link.
    return this.#view(null, unlinked, refused, false);
  }

  async page(after: number, limit: number): Promise<{ links: LinkWhy[]; next: number | undefined }> {
    const rows = await this.#links(after, limit + 1);
    const shown = rows.slice(0, limit);
    return { links: await this.#why(shown), next: rows.length > limit ? shown.at(-1)?.number : undefined };
  }

  #links(after: number, limit: number): Promise<LinkRow[]> {
    const { link, side } = this.#end;
    const of = (which: 'left' | 'right'): number[] => (side === which ? [link.id] : []);
    const place = { number: this.#number, lefts: of('left'), rights: of('right'), after, limit };
    return listLinks(this.#tx, this.#catalogue.workspace, place);
  }

  async #why(links: readonly LinkRow[]): Promise<LinkWhy[]> {
    if (links.length === 0) return [];
    const rows = await readLastLinkWrites(this.#tx, this.#catalogue.workspace, links, this.#end.side);
    const writes = new Map(rows.map((row) => [row.link_number, row]));
    const refused = await this.#refused(new Date(Math.min(...links.map(({ updated_at: at }) => at.getTime()))));
    return links.map((link) => {
      const since = refused.filter(({ at }) => at >= link.updated_at);
      return this.#view(link, writes.get(link.number), since, !writes.has(link.number));
    });
  }

  /** What a set or a person was refused is the relation, and so each of its links. */
  #refused(since: Date): Promise<RefusedRow[]> {
    const { link, name } = this.#end;
    return readRefused(this.#tx, this.#catalogue.workspace, {
      number: this.#number,
      member: memberOf(this.#type, name) ?? 0,
      names: [...new Set([name, link.label, ...Object.values(link.names)])],
      since,
      limit: mostRefused,
    });
  }

  #view(
    link: LinkRow | null,
    written: LinkWriteRow | undefined,
    refused: readonly RefusedRow[],
    notKept: boolean,
  ): LinkWhy {
    const { link: type, side, other } = this.#end;
    return {
      link: link?.number ?? null,
      value: link && pointerTo(this.#catalogue, other, side === 'left' ? link.right_number : link.left_number),
      role: type.roles.find((role) => role.number === link?.role) ?? null,
      owner: type.owner,
      written: written === undefined ? null : writingOf(this.#catalogue, written),
      notKept,
      forced: written?.forced ?? false,
      stamp: written?.stamp ?? null,
      refused: refused.map((row) => refusalOf(this.#catalogue, row)),
    };
  }
}
