/** The settings of an interface with every default filled in. */
import type { Interface } from '../../model/catalogue.ts';
import { type InterfaceDocument, setFormats } from '../../model/schema.ts';

const defaultGuardDeletes = 500;

export const compileInterface = (id: number, endpoint: string, one: InterfaceDocument): Interface => ({
  id,
  endpoint,
  name: one.name,
  type: one.type,
  direction: one.direction ?? 'synchronising',
  setup: one.setup ?? 'custom',
  initiator: one.initiator ?? 'external_application',
  key: one.key ?? 'external_id',
  formats: one.formats ?? setFormats,
  duplicates: one.duplicates ?? 'first',
  deletePolicy: one.delete_policy ?? 'delete',
  markField: one.mark_field ?? null,
  scope: one.scope ?? {},
  apiKeys: one.api_keys ?? [],
  guard: {
    deletes: one.guard?.deletes === undefined ? defaultGuardDeletes : one.guard.deletes,
    percent: one.guard?.percent ?? null,
    emptySet: one.guard?.empty_set ?? 'apply',
    onTrip: one.guard?.on_trip ?? 'hold_deletes',
  },
  overdueAfter: one.overdue_after ?? null,
});

/** The ids of the synchronising interfaces of each record type. */
export function synchronisedBy(interfaces: readonly Interface[]): Map<string, number[]> {
  const byType = new Map<string, number[]>();
  for (const { id, type, direction } of interfaces) {
    if (direction === 'synchronising') byType.set(type, [...(byType.get(type) ?? []), id]);
  }
  return byType;
}
