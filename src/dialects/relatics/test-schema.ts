/** Additions to the demo schema that tests of this dialect need. */
import type { Hub } from '../../engine/hub.ts';
import type { Caller } from '../../model/principal.ts';
import type { InterfaceDocument, SchemaDocument } from '../../model/schema.ts';

export async function changeSchema(
  hub: Hub,
  caller: Caller,
  change: (current: SchemaDocument) => SchemaDocument,
): Promise<void> {
  const outcome = await hub.applySchema(caller, change, { allowLoss: false });
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
}

export const addInterfaces = (hub: Hub, caller: Caller, interfaces: Record<string, InterfaceDocument>): Promise<void> =>
  changeSchema(hub, caller, (current) => ({ ...current, interfaces: { ...current.interfaces, ...interfaces } }));

export const contactsInterface: InterfaceDocument = {
  name: 'Contacts',
  type: 'contact',
  direction: 'providing',
  api_keys: ['kw_demo_client'],
};
