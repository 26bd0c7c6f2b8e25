import { Textarea, TextInput } from '@mantine/core';
import type { Field } from '../../../api/catalogue.ts';
import { may } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import { useCatalogue } from '../../../api/use-catalogue.ts';
import { MultiSelect, Select } from '../../../components/select.tsx';
import type { Typed } from './field-text.ts';
import { LookupInput } from './lookup-input.tsx';

export type Input = {
  readonly field: Field;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
  readonly error: string | undefined;
  /** A dialog that opens with it begins here. */
  readonly isFirst?: boolean;
};

/** The input that goes with the type of a field. */
export function FieldInput({ field, typed, onChange, error, isFirst = false }: Input) {
  const common = {
    label: field.label,
    description: hintOf(field),
    'aria-required': field.required,
    error,
    ...(isFirst && { 'data-autofocus': true }),
  };
  const text = typeof typed === 'string' ? typed : '';
  const onText = ({ currentTarget }: { currentTarget: { value: string } }): void => onChange(currentTarget.value);
  switch (field.type) {
    case 'multi_enum':
      return (
        <MultiSelect
          {...common}
          data={[...field.options]}
          value={typeof typed === 'string' ? [] : [...typed]}
          onChange={onChange}
          clearable
        />
      );
    case 'enum':
    case 'boolean':
      return (
        <Select
          {...common}
          data={field.type === 'enum' ? [...field.options] : yesOrNo}
          value={text === '' ? null : text}
          onChange={(value) => onChange(value ?? '')}
          placeholder="unset"
          clearable={!field.required}
        />
      );
    case 'textarea':
      return <Textarea {...common} autosize minRows={2} maxRows={10} value={text} onChange={onText} />;
    case 'date':
      return <TextInput {...common} type="date" value={text} onChange={onText} />;
    case 'datetime':
      return <TextInput {...common} type="datetime-local" step={1} value={text} onChange={onText} />;
    case 'lookup':
      return <Lookup field={field} typed={typed} onChange={onChange} error={error} />;
    default:
      return (
        <TextInput
          {...common}
          inputMode={field.type === 'integer' ? 'numeric' : field.type === 'decimal' ? 'decimal' : undefined}
          value={text}
          onChange={onText}
        />
      );
  }
}

const yesOrNo = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];

function hintOf({ description, pattern, isNumbered }: Field): string | undefined {
  if (description !== '') return description;
  if (pattern !== undefined) return `Matches ${pattern}`;
  return isNumbered ? 'Left empty, it gets the next number.' : undefined;
}

/** Who may not read the records that it points at names one by a reference. */
function Lookup({ field, typed, onChange, error }: Input) {
  const me = useMe();
  const other = useCatalogue().get(field.to ?? '');
  const text = typeof typed === 'string' ? typed : '';
  if (other !== undefined && may(me, 'read', other.key))
    return <LookupInput {...{ field, other, text, onChange, error }} />;
  return (
    <TextInput
      label={field.label}
      description={`The id, the number, or field:value of a ${field.to}.`}
      aria-required={field.required}
      error={error}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
