/** What of a plan is not so any more: told by the items that were kept of it, and those that are found now. */
import { isDeepStrictEqual } from 'node:util';
import type { Catalogue } from '../../model/catalogue.ts';
import type { PlanAction, PlanDifference, PlanItem } from '../../model/plan.ts';
import type { Principal } from '../../model/principal.ts';
import type { RunCounts } from '../../model/runs.ts';
import { shorten, wasOrWere } from '../../model/text.ts';
import { type PlanRow, readFieldsChanged, readPlanItems } from '../../store/plans.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import { may } from '../access/grants.ts';
import { essenceOf, type PlanItems } from './plan-items.ts';
import { shownItem } from './shown-item.ts';

const mostTold = 20;
const pageSize = 1_000;

export async function differences(
  tx: Transaction,
  { workspace, typesById }: Catalogue,
  principal: Principal,
  plan: PlanRow,
  now: { readonly items: PlanItems; readonly counts: RunCounts },
): Promise<PlanDifference[]> {
  const found = byName(now.items.kept.map((item) => shownItem(principal, JSON.parse(item) as PlanItem)));
  const told: PlanDifference[] = [];
  const nth = new Map<string, number>();
  for (let after = -1; told.length < mostTold; ) {
    const page = await readPlanItems(tx, workspace, { plan: plan.plan, after, limit: pageSize });
    for (const { item } of page) {
      const planned = shownItem(principal, JSON.parse(item) as PlanItem);
      const name = nameOf(planned, nth);
      told.push(...differencesOf(planned, found.get(name)));
      found.delete(name);
    }
    after = page.at(-1)?.row ?? after;
    if (page.length < pageSize) break;
  }
  for (const item of found.values()) told.push(...differencesOf(undefined, item));
  if (told.length === 0) told.push(...countDifferences(plan.counts, now.counts));
  const first = told.filter(isToldFirst).slice(0, mostTold);
  const versions = first.flatMap(({ what, type, record, planned, now: is }) =>
    what === 'version' &&
    record !== null &&
    typeof planned === 'number' &&
    typeof is === 'number' &&
    may(principal, 'read', type)
      ? [{ number: record, after: planned, upTo: is }]
      : [],
  );
  if (versions.length === 0) return first;
  const changed = Map.groupBy(await readFieldsChanged(tx, workspace, versions), ({ number }) => number);
  return first.map((one) => {
    if (one.what !== 'version') return one;
    const fields = (changed.get(one.record ?? 0) ?? []).flatMap(
      ({ type, field }) => typesById.get(type)?.fieldsById.get(Number(field))?.key ?? [],
    );
    return fields.length === 0 ? one : { ...one, message: `${one.message} ${changedSince(fields)}` };
  });
}

/** A record of which the plan has several items is of another version once. */
const isToldFirst = (one: PlanDifference, at: number, told: readonly PlanDifference[]): boolean =>
  one.what !== 'version' || told.findIndex(({ what, record }) => what === 'version' && record === one.record) === at;

const changedSince = (fields: readonly string[]): string =>
  `${fields.join(', ')} ${wasOrWere(fields.length)} changed since.`;

/** The same record or link may have several items: they are told apart by their order. */
function nameOf({ type, key, record, link }: PlanItem, nth: Map<string, number>): string {
  const ends = link && [link.link, link.left.number ?? link.left.key, link.right.number ?? link.right.key];
  const name = JSON.stringify([type, ends ?? key ?? record?.number]);
  const times = nth.get(name) ?? 0;
  nth.set(name, times + 1);
  return `${times} ${name}`;
}

function byName(items: readonly PlanItem[]): Map<string, PlanItem> {
  const nth = new Map<string, number>();
  return new Map(items.map((item) => [nameOf(item, nth), item]));
}

function differencesOf(planned: PlanItem | undefined, now: PlanItem | undefined): PlanDifference[] {
  const of = planned ?? now;
  if (of === undefined) return [];
  if (planned !== undefined && now !== undefined && isDeepStrictEqual(essenceOf(planned), essenceOf(now))) return [];
  const who = {
    type: of.type,
    key: of.key,
    record: (planned?.record ?? now?.record)?.number ?? of.link?.left.number ?? null,
  };
  const name =
    of.link === null
      ? `${of.type} ${shorten(of.key ?? String(who.record), 100)}`
      : `The link ${of.link.link} of ${shorten(of.link.left.key ?? String(of.link.left.number), 100)} and ${shorten(of.link.right.key ?? String(of.link.right.number), 100)}`;
  const tell = (what: string, before: unknown, after: unknown, message: string): PlanDifference => ({
    ...who,
    what,
    planned: before,
    now: after,
    message: `${name}: ${message}`,
  });
  const told: PlanDifference[] = [];
  if (planned?.action !== now?.action) {
    const [was, is] = [planned, now].map((item) => (item === undefined ? 'left as it is' : participles[item.action]));
    const message = `it was to be ${was}, and would be ${is} now.`;
    const why = now?.issues[0]?.message;
    told.push(tell('action', planned?.action ?? null, now?.action ?? null, why ? `${message} ${why}` : message));
  }
  if (planned === undefined || now === undefined || now.action === 'reject') return told;
  if (planned.version !== now.version) {
    const message = `it was at version ${planned.version ?? 'none'} when the plan was made, and is at ${now.version ?? 'none'} now.`;
    told.push(tell('version', planned.version, now.version, message));
  }
  if (planned.action === now.action) told.push(...fieldDifferences(planned, now, tell));
  if (told.length === 0) told.push(tell('action', planned.action, now.action, 'it is not as it was.'));
  return told;
}

type Tell = (what: string, planned: unknown, now: unknown, message: string) => PlanDifference;

function fieldDifferences(planned: PlanItem, now: PlanItem, tell: Tell): PlanDifference[] {
  const told: PlanDifference[] = [];
  const names = new Set([...planned.fields, ...now.fields].map(({ field }) => field));
  for (const name of names) {
    const was = planned.fields.find(({ field }) => field === name);
    const is = now.fields.find(({ field }) => field === name);
    if (planned.action === 'update' && was === undefined) {
      const message = `${name} was not to be changed, and would become ${inWords(is?.after)} now.`;
      told.push(tell(name, null, is?.after ?? null, message));
    } else if (planned.action === 'update' && is === undefined) {
      const message = `${name} was to become ${inWords(was?.after)}, and would not be changed now.`;
      told.push(tell(name, was?.after ?? null, null, message));
    } else if (!isDeepStrictEqual(was?.before ?? null, is?.before ?? null)) {
      const message = `${name} was ${inWords(was?.before)} when the plan was made, and is ${inWords(is?.before)} now.`;
      told.push(tell(name, was?.before ?? null, is?.before ?? null, message));
    } else if (!isDeepStrictEqual(was?.after ?? null, is?.after ?? null)) {
      const message = `${name} was to become ${inWords(was?.after)}, and would become ${inWords(is?.after)} now.`;
      told.push(tell(name, was?.after ?? null, is?.after ?? null, message));
    }
  }
  if (planned.link !== null && now.link !== null && !isDeepStrictEqual(planned.link.before, now.link.before)) {
    const message = `it was ${inWords(planned.link.before)} when the plan was made, and is ${inWords(now.link.before)} now.`;
    told.push(tell(`link.${planned.link.link}`, planned.link.before, now.link.before, message));
  }
  return told;
}

const participles: Readonly<Record<PlanAction, string>> = {
  create: 'made',
  update: 'changed',
  revive: 'brought back',
  delete: 'deleted',
  link: 'linked',
  relink: 'changed',
  unlink: 'removed',
  defer: 'kept waiting',
  withdraw: 'withdrawn',
  release: 'let go of',
  rejoin: 'given back to its interface',
  hold: 'held',
  reject: 'refused',
};

const inWords = (value: unknown): string => shorten(JSON.stringify(value ?? null), 100);

/** Of what was not kept, or is no item: how many there are. */
function countDifferences(planned: RunCounts, now: RunCounts): PlanDifference[] {
  const names = Object.keys(now) as (keyof RunCounts)[];
  return names.flatMap((name) =>
    planned[name] === now[name]
      ? []
      : [
          {
            type: '',
            key: null,
            record: null,
            what: `count.${name}`,
            planned: planned[name],
            now: now[name],
            message: `${planned[name]} were to be ${name}, and ${now[name]} would be now.`,
          },
        ],
  );
}
