import { useState } from 'react';
import { own } from '../../../../api/own.ts';
import { Select } from '../../../../components/select.tsx';
import { AddDialog } from './add-dialog.tsx';
import { alwaysThere } from './chosen.ts';
import { useSchemaForm } from './context.ts';
import { type FieldDocument, withField } from './document.ts';
import { kinds } from './words.ts';

/** What it is called and of which kind: all else is said in its form, which opens then. */
export function AddField({ type, isOpen, close }: { type: string; isOpen: boolean; close: () => void }) {
  const { schema, change, choose } = useSchemaForm();
  const [kind, setKind] = useState<FieldDocument['type']>('text');
  const fields = own(schema.types ?? {}, type)?.fields ?? {};
  return (
    <AddDialog
      title="Add a field"
      taken={[...alwaysThere, ...Object.keys(fields)]}
      isOpen={isOpen}
      close={close}
      add={({ key, label }) => {
        const at = `types.${type}.fields.${key}`;
        const field: FieldDocument = { type: kind, ...(label !== null && { label }) };
        change(withField(schema, type, key, field), at);
        choose(at);
      }}
    >
      <Select
        label="Kind"
        data={[...kinds]}
        allowDeselect={false}
        value={kind}
        onChange={(to) => setKind((to ?? 'text') as FieldDocument['type'])}
      />
    </AddDialog>
  );
}
