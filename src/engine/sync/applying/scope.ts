/**
 * What a set says to be everything of: all records of its interface, or those of which a field has a value, or that are linked to a
 * record. Nothing outside of that is deleted, and no element may lie outside. A record lies where the set would leave it.
 */
import type { Catalogue, Field, Interface, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { SetMember } from '../../../model/commands.ts';
import { formatRef, isRef, parseRef } from '../../../model/ref.ts';
import { shorten } from '../../../model/text.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import type { ScopeCondition } from '../../../store/sync/scope.ts';
import { owns } from '../../ownership.ts';
import { findRow } from '../../read/records.ts';
import { checkValue, sameValue } from '../../values.ts';
import type { WorkingRow, WorkingSet } from '../../write/working/working-set.ts';
import { RefusedSet } from '../receiving/refused-set.ts';
import { mostTerms, type ScopeWords, scopeProblem, valueIn } from './scope-words.ts';

type Term =
  | { readonly kind: 'field'; readonly field: Field; readonly value: unknown }
  | { readonly kind: 'link'; readonly end: LinkEnd; readonly number: number };

/** An element that is about to be written: its acceptable members, and the record as it is. */
export type Aspirant = {
  readonly set: WorkingSet;
  readonly on: Interface;
  readonly live: WorkingRow | undefined;
  readonly fields: ReadonlyMap<string, SetMember & { kind: 'field' }>;
  readonly relations: readonly {
    readonly member: SetMember;
    readonly end: LinkEnd;
    readonly targets: readonly WorkingRow[];
  }[];
};

export class Scope {
  readonly words: ScopeWords;
  readonly #terms: readonly Term[];

  constructor(words: ScopeWords, terms: readonly Term[]) {
    this.words = words;
    this.#terms = terms;
  }

  get isEverything(): boolean {
    return this.#terms.length === 0;
  }

  get conditions(): ScopeCondition[] {
    return this.#terms.map((term) =>
      term.kind === 'field'
        ? { kind: 'field', field: term.field.id, value: term.value }
        : { kind: 'link', linkType: term.end.link.id, side: term.end.side, other: term.number },
    );
  }

  /** Why the element lies outside, and the member that says so, if it is one; undefined when it does not. */
  outside(aspirant: Aspirant): { readonly reason: string; readonly member: SetMember | null } | undefined {
    for (const term of this.#terms) {
      const { isIn, member } = term.kind === 'field' ? fieldAfter(term, aspirant) : linkAfter(term, aspirant);
      if (isIn) continue;
      const name = term.kind === 'field' ? term.field.key : term.end.name;
      return { reason: `its ${name} is not ${shorten(String(this.words[name]), 80)}`, member };
    }
    return undefined;
  }
}

export const everything = new Scope({}, []);

type After = { readonly isIn: boolean; readonly member: SetMember | null };

/** What the element says is written if it is the interface's to say, and the field takes it; else all stays as it is. */
function fieldAfter({ field, value }: Term & { kind: 'field' }, { on, live, fields }: Aspirant): After {
  const said = fields.get(field.key);
  if (said !== undefined && owns(field.owner, on)) {
    if (said.value === null) return { isIn: false, member: said };
    const checked = checkValue(field, said.value);
    if (checked.ok) return { isIn: sameValue(checked.value, value), member: said };
  }
  const stored = live === undefined ? field.default : live.values[field.id];
  return { isIn: sameValue(stored ?? null, value), member: said ?? null };
}

function linkAfter({ end, number }: Term & { kind: 'link' }, aspirant: Aspirant): After {
  const { set, on, live, fields, relations } = aspirant;
  const { link, side } = end;
  const relation = relations.find((one) => one.end.link.id === link.id && one.end.side === side);
  if (relation !== undefined)
    return { isIn: relation.targets.some((target) => target.number === number), member: relation.member };
  const lookup = side === 'left' && link.lookupField !== null ? fields.get(link.lookupField) : undefined;
  if (lookup !== undefined && owns(link.owner, on)) {
    if (lookup.value === null) return { isIn: false, member: lookup };
    const type = set.catalogue.types.get(end.other);
    const target = type !== undefined && isRef(lookup.value) ? set.find(type, lookup.value) : undefined;
    if (target?.deletedAt === null) return { isIn: target.number === number, member: lookup };
  }
  const isLinked = ({ row }: { row: { link_type: number; left_number: number; right_number: number } }): boolean =>
    row.link_type === link.id && (side === 'left' ? row.right_number : row.left_number) === number;
  return { isIn: live !== undefined && set.linksOfRecord(live.number).some(isLinked), member: lookup ?? null };
}

/** Whether no record can lie in both: one says another value of a field, or of a relation with one target, than the other. */
export const areDisjoint = (type: RecordType, one: ScopeWords | null, other: ScopeWords | null): boolean =>
  Object.entries(one ?? {}).some(
    ([name, value]) =>
      other !== null &&
      Object.hasOwn(other, name) &&
      String(other[name]) !== String(value) &&
      type.fieldsByKey.get(name)?.link === null,
  );

/** What the interface and the set say together. Throws RefusedSet where that makes no sense. */
export async function resolveScope(
  tx: Transaction,
  { catalogue, on, type }: { readonly catalogue: Catalogue; readonly on: Interface; readonly type: RecordType },
  said: ScopeWords = {},
): Promise<Scope> {
  const words = { ...said, ...on.scope };
  const names = Object.keys(words);
  if (names.length === 0) return everything;
  if (names.length > mostTerms) throw refused(names[0] ?? '', `A scope has at most ${mostTerms} fields and relations.`);
  const terms: Term[] = [];
  for (const name of names) {
    const given = words[name] as string | number | boolean;
    if (Object.hasOwn(said, name) && String(said[name]) !== String(given))
      throw refused(name, `The interface ${on.endpoint} is of ${name} ${given} only.`);
    const problem = scopeProblem(type, name, given);
    if (problem !== undefined) throw refused(name, problem);
    const end = type.linkEnds.get(name);
    terms.push(end === undefined ? fieldTerm(type, name, given) : await linkTerm(tx, catalogue, end, given));
  }
  return new Scope(words, terms);
}

function fieldTerm(type: RecordType, name: string, given: string | number | boolean): Term {
  const field = type.fieldsByKey.get(name);
  const checked = field && checkValue(field, valueIn(field, given));
  if (field === undefined || !checked?.ok) throw new Error(`The scope ${name} was not checked`);
  return { kind: 'field', field, value: checked.value };
}

async function linkTerm(
  tx: Transaction,
  catalogue: Catalogue,
  end: LinkEnd,
  given: string | number | boolean,
): Promise<Term> {
  const [ref, other] = [parseRef(String(given)), catalogue.types.get(end.other)];
  const row = ref && other && (await findRow(tx, catalogue, other, ref));
  if (row === undefined) {
    const named = ref === undefined ? String(given) : formatRef(ref);
    throw refused(end.name, `There is no ${other?.label ?? end.other} ${shorten(named, 80)}.`);
  }
  return { kind: 'link', end, number: row.number };
}

const refused = (name: string, message: string): RefusedSet => new RefusedSet({ kind: 'scope_refused', name, message });
