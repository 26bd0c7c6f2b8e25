import { CloseButton, TextInput } from '@mantine/core';
import type { Field, RecordType } from '../../../api/catalogue.ts';
import { useNames } from '../../../api/names.ts';
import { FindRecord } from '../../../components/find-record.tsx';

/** @param text id of the record that it points at; empty: none. */
export function LookupInput({
  field,
  other,
  text,
  onChange,
  error,
}: {
  field: Field;
  other: RecordType;
  text: string;
  onChange: (id: string) => void;
  error: string | undefined;
}) {
  const names = useNames([{ type: other.key, ids: text === '' ? [] : [text] }]);
  if (text === '') {
    return (
      <FindRecord
        type={other}
        label={field.label}
        description={field.description || undefined}
        error={error}
        onFound={({ id }) => onChange(id)}
      />
    );
  }
  return (
    <TextInput
      label={field.label}
      description={field.description || undefined}
      error={error}
      readOnly
      value={names.get(text) ?? text}
      rightSection={<CloseButton aria-label={`Clear ${field.label}`} onClick={() => onChange('')} />}
    />
  );
}
