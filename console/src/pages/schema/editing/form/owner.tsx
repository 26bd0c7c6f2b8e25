import { useSchemaForm } from './context.ts';
import { type Choice, ChoiceMember } from './members.tsx';
import type { Part } from './part.ts';

type Owned = { readonly owner?: 'internal' | 'external' | `interface:${string}` };

/** Who may change it. */
export function OwnerMember<Of extends Owned>({ part, description }: { part: Part<Of>; description: string }) {
  const { schema } = useSchemaForm();
  const interfaces = Object.entries(schema.interfaces ?? {}).map(
    ([endpoint, { name }]): Choice => ({ value: `interface:${endpoint}`, label: `The interface ${name}` }),
  );
  const data = [
    { value: 'internal', label: 'People and APIs' },
    { value: 'external', label: 'Any interface' },
    ...interfaces,
  ];
  return (
    <ChoiceMember part={part} name="owner" label="Owner" description={description} data={data} unsaid="internal" />
  );
}
