/** What JSON and XML bodies have in common: the rules for one element's external id and members. */
import type { SetElement, SetMember } from '../../../model/commands.ts';
import { InexactNumber } from '../../../model/json.ts';
import type { Ref } from '../../../model/ref.ts';
import { invalidStructure } from '../errors.ts';
import { maxExternalIdLength } from '../options.ts';
import type { Member, NamedMember, SetShape } from './shape.ts';
import { canonicalValue } from './values.ts';

/** @param raw text, or a JSON number, which is taken by its digits. `spelling` is what the format calls it: `@externalid`. */
export function externalIdOf(raw: unknown, spelling: string, path: string): string {
  const text = typeof raw === 'number' ? String(raw) : raw instanceof InexactNumber ? raw.text : raw;
  if (typeof text !== 'string' || text === '') {
    throw invalidStructure(`Every element needs its ${spelling}, as text or a number that is not empty.`, path);
  }
  if (text.length > maxExternalIdLength) {
    throw invalidStructure(
      `The ${spelling} has ${text.length} characters; at most ${maxExternalIdLength} are allowed.`,
      path,
    );
  }
  return text;
}

/** A member by its name, and as the body has that, escaped. */
type SentName = { readonly name: string; readonly sentAs: string };

/** Collects the members of one element, each at most once however it is spelt. */
export class ElementBuilder {
  readonly path: string;
  readonly #key: string;
  readonly #shape: SetShape;
  readonly #members: SetMember[] = [];
  readonly #seen = new Set<Member | string>();

  constructor(key: string, path: string, shape: SetShape) {
    this.#key = key;
    this.#shape = shape;
    this.path = path;
  }

  /** Throws InvalidStructure when the element has this member already. */
  claim({ name, meaning }: NamedMember, path: string): void {
    const before = this.#seen.size;
    if (this.#seen.add(meaning ?? name).size === before)
      throw invalidStructure(`${name} is given twice in one element.`, path);
  }

  property(named: SentName, member: Extract<Member, { kind: 'field' }>, raw: unknown): void {
    if (raw === '' && this.#shape.emptyText === 'skip') return;
    this.#members.push({ ...named, kind: 'field', field: member.field.key, value: canonicalValue(member.field, raw) });
  }

  relation(named: SentName, member: Extract<Member, { kind: 'relation' }>, targets: readonly Ref[]): void {
    this.#members.push({ ...named, kind: 'relation', link: member.end.name, targets });
  }

  unknown(named: SentName, value: unknown): void {
    this.#members.push({ ...named, kind: 'unknown', value });
  }

  done(): SetElement {
    return { key: this.#key, path: this.path, members: this.#members, nameOf: this.#shape.nameOf };
  }
}
