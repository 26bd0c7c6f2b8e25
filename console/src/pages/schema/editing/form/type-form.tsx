import { Card, SimpleGrid, Stack } from '@mantine/core';
import { labelOf, pluralOf } from '../../../../api/catalogue.ts';
import { useSchemaForm } from './context.ts';
import { withoutType, withTypeBack } from './document.ts';
import { FieldList } from './field-list.tsx';
import { LinksOfType } from './links-of-type.tsx';
import { ChoiceMember, FlagMember, TextMember } from './members.tsx';
import { OwnerMember } from './owner.tsx';
import { useTypePart } from './part.ts';
import { PartHead } from './part-head.tsx';
import { Removed } from './removed.tsx';
import { Spellings } from './spellings.tsx';

/** A record type, its fields, and what leads to it and from it. @param field the one that is open. */
export function TypeForm({ name, field }: { name: string; field: string | null }) {
  const { schema, stored, change } = useSchemaForm();
  const part = useTypePart(name);
  const label = part.is.label ?? labelOf(name);
  if (!Object.hasOwn(schema.types ?? {}, name)) {
    return (
      <Removed
        what={`The record type ${name}`}
        putBack={() => change(withTypeBack(schema, stored, name), `types.${name}`)}
      />
    );
  }
  return (
    <Stack>
      <Card withBorder component="section" aria-label={label}>
        <Stack>
          <PartHead
            at={part.at}
            title={label}
            code={name}
            isNew={part.was === undefined}
            remove={() => change(withoutType(schema, name), part.at)}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextMember part={part} name="label" label="Label" placeholder={labelOf(name)} />
            <TextMember part={part} name="plural" label="Plural" placeholder={pluralOf(label)} />
          </SimpleGrid>
          <TextMember part={part} name="description" label="Description" isLong />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <OwnerMember part={part} description="Who makes and deletes its records." />
            <ChoiceMember
              part={part}
              name="on_return"
              label="When a key comes back"
              description="That of a record that was deleted."
              unsaid="revive"
              data={[
                { value: 'revive', label: 'The same record again, empty' },
                { value: 'new', label: 'Another record' },
              ]}
            />
          </SimpleGrid>
          <FlagMember
            part={part}
            name="keep_aliases"
            label="Keep former keys"
            description="A key that is renamed goes on finding its record."
            unsaid
          />
          <Spellings part={part} />
        </Stack>
      </Card>
      <FieldList type={name} open={field} />
      <LinksOfType type={name} />
    </Stack>
  );
}
