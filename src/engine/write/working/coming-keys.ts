/** Records by the keys that a batch is about to give them: what its later commands name by those must be read before they are judged. */
import type { RecordType } from '../../../model/catalogue.ts';
import type { Ref } from '../../../model/ref.ts';
import { keyOf } from '../../keys/key-of.ts';
import type { WriteCommand } from '../commands.ts';
import { KeyMap } from './key-map.ts';
import type { WorkingRow, WorkingSet } from './working-set.ts';

/** The stored records that a ref may name once the commands before are judged: as a rule one, or none. */
export type FindStored = (type: RecordType, ref: Ref) => readonly WorkingRow[];

export const storedOnly =
  (set: WorkingSet): FindStored =>
  (type, ref) => {
    const found = set.find(type, ref);
    return found === undefined ? [] : [found];
  };

export function findStoredOf(set: WorkingSet, commands: readonly WriteCommand[]): FindStored {
  let coming: KeyMap<WorkingRow[]> | undefined;
  const stored = storedOnly(set);
  if (!commands.some(({ kind }) => kind === 'upsert')) return stored;
  return (type, ref) => {
    coming ??= comingKeys(set, commands);
    return [...stored(type, ref), ...findIn(coming, type, ref)];
  };
}

function comingKeys(set: WorkingSet, commands: readonly WriteCommand[]): KeyMap<WorkingRow[]> {
  const coming = new KeyMap<WorkingRow[]>();
  for (const command of commands) {
    if (command.kind !== 'upsert' || command.ref === null) continue;
    const type = set.catalogue.types.get(command.type);
    if (type === undefined) continue;
    for (const field of type.matchFields) {
      const given = command.fields[field.key];
      if (typeof given !== 'string' && typeof given !== 'number') continue;
      const rows = [...storedOnly(set)(type, command.ref), ...findIn(coming, type, command.ref)];
      const { value } = keyOf(type, field, given);
      coming.set(type.id, field.id, value, [...(coming.get(type.id, field.id, value) ?? []), ...rows]);
    }
  }
  return coming;
}

function findIn(coming: KeyMap<WorkingRow[]>, type: RecordType, ref: Ref): readonly WorkingRow[] {
  const field = ref.by === 'key' ? type.fieldsByKey.get(ref.field) : undefined;
  if (ref.by !== 'key' || field === undefined) return [];
  return coming.get(type.id, field.id, keyOf(type, field, ref.value).value) ?? [];
}
