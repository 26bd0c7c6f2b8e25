/** What an import may do, by what its sender may: whatever else its rows asked for would be refused, one by one. */
import type { RecordType } from '../../../api/catalogue.ts';
import { may, mayMake } from '../../../api/rights.ts';
import type { Me } from '../../../api/types.ts';

export type Mode = { readonly value: 'upsert' | 'create' | 'update'; readonly label: string };

const modes: readonly Mode[] = [
  { value: 'upsert', label: 'Make or change records' },
  { value: 'create', label: 'Only make new ones' },
  { value: 'update', label: 'Only change those that are there' },
];

export function modesFor(me: Me, type: RecordType): readonly Mode[] {
  const [makes, changes] = [mayMake(me, type), may(me, 'edit', type.key)];
  return modes.filter(({ value }) => (value === 'update' || makes) && (value === 'create' || changes));
}
