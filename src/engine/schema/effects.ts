/** What each difference of the schema means for stored data: what would be lost, what forbids it, and what has to be done. */

import { systemFieldIds } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import { own } from '../../model/own.ts';
import type { FieldDocument, InterfaceDocument, LinkTypeDocument, RoleDocument } from '../../model/schema.ts';
import { count } from '../../model/text.ts';
import { forgetPlansNaming } from '../../store/plans.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import * as data from '../../store/schema-data.ts';
import { linkDocuments } from './compile.ts';
import { type EntityDifference, isAnotherField } from './diff.ts';
import { type Effect, lossOf, none, type Situation, said } from './effect.ts';
import { interfaceEffect } from './interface-effect.ts';
import { changesKeys, keyEffect, keyRuleOf } from './key-effect.ts';
import { endWaitingBy, together, waitingOf } from './waiting-links.ts';

export async function effectOf(situation: Situation, difference: EntityDifference): Promise<Effect> {
  const { entity, before, after } = difference;
  switch (entity.kind) {
    case 'type':
      return after === undefined ? removeType(situation, entity.type) : none;
    case 'field':
      return fieldEffect(situation, entity, before as FieldDocument | undefined, after as FieldDocument | undefined);
    case 'link':
      return linkEffect(
        situation,
        entity.link,
        before as LinkTypeDocument | undefined,
        after as LinkTypeDocument | undefined,
      );
    case 'role_list':
      return roleEffect(
        situation,
        entity.list,
        before as RoleDocument[] | undefined,
        after as RoleDocument[] | undefined,
      );
    case 'retention':
      return none; // whatever is too old goes later, with the next cleaning
    case 'interface':
      return interfaceEffect(
        situation,
        entity.endpoint,
        before as InterfaceDocument | undefined,
        after as InterfaceDocument | undefined,
      );
  }
}

async function removeType(situation: Situation, type: string): Promise<Effect> {
  const { tx, workspace, ids, before } = situation;
  const id = own(ids.types, type)?.id;
  if (id === undefined) return none;
  const records = await data.countRecordsOfType(tx, workspace, id);
  const links = linkDocuments(before).filter(([key, link]) => key.startsWith(`${type}.`) || link.to === type);
  const waiting = await waitingOf(
    situation,
    links.flatMap(([key]) => ids.links[key] ?? []),
  );
  return {
    loss: together(lossOf(records, `${count(records, 'record')} of ${type} with their links and keys`), waiting),
    obstacles: [],
    apply: async (at) => {
      for (const [key] of links) {
        const linkId = ids.links[key];
        if (linkId !== undefined) await removeLinks(at, workspace, { id: linkId, key });
      }
      await data.removeType(at, workspace, id);
      await forgetPlansNaming(at, workspace, said('type', type));
    },
  };
}

async function removeLinks(tx: Transaction, workspace: number, link: { id: number; key: string }): Promise<void> {
  await data.removeLinksOfType(tx, workspace, link.id);
  await forgetPlansNaming(tx, workspace, said('link', link.key));
}

async function fieldEffect(
  situation: Situation,
  place: { type: string; field: string },
  before: FieldDocument | undefined,
  after: FieldDocument | undefined,
): Promise<Effect> {
  const { ids } = situation;
  const type = own(ids.types, place.type);
  // System fields exist whether the document names them or not: without an entry they have their defaults.
  const systemId = systemFieldIds[place.field as keyof typeof systemFieldIds];
  const field = systemId ?? own(type?.fields, place.field);
  if (type === undefined || field === undefined) return none;
  const at = { type: type.id, field };
  if (before !== undefined && systemId === undefined && (after === undefined || isAnotherField(before, after))) {
    return removeField(situation, place, before, at);
  }
  const rules = { before: keyRuleOf(place.field, before), after: keyRuleOf(place.field, after) };
  if (changesKeys(rules)) return keyEffect(situation, place, at, rules);
  return before === undefined || after === undefined ? none : optionEffect(situation, place, before, after, at);
}

async function removeField(
  situation: Situation,
  place: { type: string; field: string },
  field: FieldDocument,
  at: { type: number; field: number },
): Promise<Effect> {
  const { tx, workspace, ids } = situation;
  const linkId = ids.links[`${place.type}.${place.field}`];
  if (field.type === 'lookup' && linkId !== undefined) {
    const links = await data.countLinksOfType(tx, workspace, linkId);
    return {
      loss: together(
        lossOf(links, `${count(links, 'link')} that ${place.type}.${place.field} shows`),
        await waitingOf(situation, [linkId]),
      ),
      obstacles: [],
      apply: (to) => removeLinks(to, workspace, { id: linkId, key: `${place.type}.${place.field}` }),
    };
  }
  const values = await data.countFieldValues(tx, workspace, at.type, at.field);
  const waiting = await endWaitingBy(situation, place, at.field);
  return {
    loss: together(
      lossOf(values, `the value of ${place.type}.${place.field} in ${count(values, 'record')}`),
      waiting.loss,
    ),
    obstacles: [],
    apply: async (to) => {
      await waiting.apply(to);
      await data.removeField(to, workspace, at.type, at.field);
    },
  };
}

async function optionEffect(
  { tx, workspace }: Situation,
  place: { type: string; field: string },
  before: FieldDocument,
  after: FieldDocument,
  at: { type: number; field: number },
): Promise<Effect> {
  const kept = new Set(after.options?.map((option) => option.value));
  const removed = (before.options ?? []).map((option) => option.value).filter((value) => !kept.has(value));
  if (removed.length === 0) return none;
  const records = await data.countOptionValues(tx, workspace, at, removed);
  return {
    loss: lossOf(
      records,
      `the values ${removed.slice(0, 5).join(', ')} of ${place.type}.${place.field} in ${count(records, 'record')}`,
    ),
    obstacles: [],
    apply: (to) => data.removeOptionValues(to, workspace, at, removed),
  };
}

async function linkEffect(
  situation: Situation,
  key: string,
  before: LinkTypeDocument | undefined,
  after: LinkTypeDocument | undefined,
): Promise<Effect> {
  const { tx, workspace, ids } = situation;
  const id = ids.links[key];
  if (before === undefined || id === undefined) return none;
  const links = await data.countLinksOfType(tx, workspace, id);
  if (after === undefined || after.to !== before.to) {
    return {
      loss: together(lossOf(links, `${count(links, 'link')} of type ${key}`), await waitingOf(situation, [id])),
      obstacles: [],
      apply: (to) => removeLinks(to, workspace, { id, key }),
    };
  }
  const shape = (link: LinkTypeDocument): string =>
    [link.cardinality ?? 'many-to-many', link.once_per ?? 'pair', link.roles ?? ''].join(' ');
  if (links > 0 && shape(before) !== shape(after)) {
    const obstacle = `${key} has ${count(links, 'link')}: its cardinality, once_per and role list can change only while it has none.`;
    return { ...none, obstacles: [obstacle] };
  }
  return none;
}

async function roleEffect(
  { tx, workspace, ids, before, after }: Situation,
  list: string,
  was: RoleDocument[] | undefined,
  is: RoleDocument[] | undefined,
): Promise<Effect> {
  const kept = new Set(is?.map((role) => role.number));
  const removed = (was ?? []).flatMap((role) =>
    role.number === undefined || kept.has(role.number) ? [] : [role.number],
  );
  if (removed.length === 0) return none;
  for (const [key, link] of Object.entries(before.links ?? {})) {
    const id = ids.links[key];
    // A link type that goes takes its links along, and says so itself.
    if (link.roles !== list || id === undefined || !Object.hasOwn(after.links ?? {}, key)) continue;
    const links = await data.countLinksWithRoles(tx, workspace, id, removed);
    if (links > 0)
      return {
        ...none,
        obstacles: [`${count(links, 'link')} of ${key} have a role that would go. Give them another role first.`],
      };
    const waiting = await data.countPendingWithRoles(tx, workspace, id, removed, clock.now());
    if (waiting > 0)
      return {
        ...none,
        obstacles: [
          `${count(waiting, 'link')} of ${key} ${waiting === 1 ? 'waits' : 'wait'} in a role that would go. Withdraw ${waiting === 1 ? 'it' : 'them'} first.`,
        ],
      };
  }
  return none;
}
