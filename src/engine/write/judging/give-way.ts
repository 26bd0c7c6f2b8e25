/** Force: what another owns gives way to a write whose caller has the grant. It stays its owner's, and the change rows tell. */
import type { Field, LinkType, RecordType } from '../../../model/catalogue.ts';
import type { ChangeRow } from '../../../store/changes/changes.ts';
import { owns } from '../../ownership.ts';
import type { WorkingSet, Writer } from '../working/working-set.ts';

/** A lookup is owned as its field. */
export function mayWriteField(set: WorkingSet, writer: Writer, field: Field): boolean {
  if (owns(field.owner, writer.interface)) return true;
  if (!writer.force) return false;
  set.gaveWay ??= new GaveWay();
  set.gaveWay.add(field.link, field);
  return true;
}

export function mayWriteLink(set: WorkingSet, writer: Writer, link: LinkType, left: RecordType): boolean {
  if (owns(link.owner, writer.interface)) return true;
  if (!writer.force) return false;
  set.gaveWay ??= new GaveWay();
  set.gaveWay.add(link, link.lookupField === null ? undefined : left.fieldsByKey.get(link.lookupField));
  return true;
}

/** What gave way to one write. */
export class GaveWay {
  readonly #fields = new Set<number>();
  readonly #links = new Set<number>();

  add(link: LinkType | null, field: Field | undefined): void {
    if (link !== null) this.#links.add(link.id);
    if (field !== undefined) this.#fields.add(field.id);
  }

  /** Of the fields that a change wrote; of a change of a link, its link type. */
  in({ link_type: link, after }: Partial<Pick<ChangeRow, 'link_type' | 'after'>>): ChangeRow['forced'] {
    if (link != null) return this.#links.has(link) ? [link] : null;
    const fields = Object.keys(after ?? {})
      .map(Number)
      .filter((id) => this.#fields.has(id));
    return fields.length === 0 ? null : fields;
  }
}
