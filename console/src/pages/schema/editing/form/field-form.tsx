import { Alert, SimpleGrid, Stack } from '@mantine/core';
import { labelOf } from '../../../../api/catalogue.ts';
import { Select } from '../../../../components/select.tsx';
import { alwaysThere } from './chosen.ts';
import { useSchemaForm } from './context.ts';
import { DefaultMember } from './default.tsx';
import type { Change, FieldDocument } from './document.ts';
import { FieldRules } from './field-rules.tsx';
import { FlagMember, TextMember } from './members.tsx';
import { Options } from './options.tsx';
import { OwnerMember } from './owner.tsx';
import { type Part, useFieldPart } from './part.ts';
import { Spellings } from './spellings.tsx';
import { kinds } from './words.ts';

/** All that the document can say of a field, as far as it goes with its kind. */
export function FieldForm({ type, name }: { type: string; name: string }) {
  const { said } = useSchemaForm();
  const part = useFieldPart(type, name);
  const { type: kind } = part.is;
  const error = said.get(part.at);
  return (
    <Stack>
      {error !== undefined && (
        <Alert color="red" variant="light">
          {error}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextMember part={part} name="label" label="Label" placeholder={labelOf(name)} />
        <KindMember part={part} isFixed={alwaysThere.includes(name)} />
      </SimpleGrid>
      <TextMember part={part} name="description" label="Description" isLong />
      {(kind === 'enum' || kind === 'multi_enum') && <Options part={part} />}
      <FieldRules part={part} name={name} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <FlagMember part={part} name="required" label="Required" description="No record is without a value." />
        {kind !== 'lookup' && (
          <FlagMember
            part={part}
            name="filterable"
            label="Filterable"
            description="Lists find and sort by it through an index, however many records there are."
          />
        )}
        {kind !== 'lookup' && part.is.unique !== true && part.is.numbered === undefined && (
          <DefaultMember part={part} name={name} />
        )}
        <OwnerMember part={part} description="Who writes its values." />
      </SimpleGrid>
      <Spellings part={part} />
    </Stack>
  );
}

/** The members that go with some kinds only. */
const goesWith: Readonly<Partial<Record<keyof FieldDocument, readonly FieldDocument['type'][]>>> = {
  unique: ['text', 'regexp', 'integer'],
  key_rule: ['text', 'regexp'],
  max_length: ['text', 'textarea', 'regexp'],
  scale: ['decimal'],
  numbered: ['text'],
  pattern: ['regexp'],
  options: ['enum', 'multi_enum'],
  to: ['lookup'],
  inverse: ['lookup'],
  default: [],
};

/** What does not go with the kind that is chosen is left out: there is no input for it any more. */
function KindMember({ part, isFixed }: { part: Part<FieldDocument>; isFixed: boolean }) {
  const { said } = useSchemaForm();
  const choose = (kind: FieldDocument['type']): void => {
    const lost = Object.entries(goesWith).flatMap(([member, with_]) =>
      with_.includes(kind) ? [] : [[member, undefined]],
    );
    const withIndex = kind === 'lookup' ? { filterable: undefined } : {};
    part.set({ ...Object.fromEntries(lost), ...withIndex, type: kind } as Change<FieldDocument>);
  };
  const wasOther = part.was !== undefined && part.was.type !== part.is.type;
  return (
    <Select
      label="Kind"
      description={
        isFixed
          ? 'Every record type has this field: it is text.'
          : wasOther
            ? 'Another kind is another field: the values that it has are lost.'
            : undefined
      }
      data={[...kinds]}
      disabled={isFixed}
      allowDeselect={false}
      error={said.get(`${part.at}.type`)}
      value={part.is.type}
      onChange={(kind) => {
        if (kind !== null && kind !== part.is.type) choose(kind as FieldDocument['type']);
      }}
    />
  );
}
