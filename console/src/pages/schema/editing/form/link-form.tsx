import { Anchor, Card, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { labelOf, pluralOf } from '../../../../api/catalogue.ts';
import { own } from '../../../../api/own.ts';
import { addressOf } from '../../address.ts';
import { useSchemaForm } from './context.ts';
import { type LinkDocument, withLink } from './document.ts';
import { ChoiceMember, TextMember } from './members.tsx';
import { OwnerMember } from './owner.tsx';
import { type Part, useLinkPart } from './part.ts';
import { PartHead } from './part-head.tsx';
import { Removed } from './removed.tsx';
import { Spellings } from './spellings.tsx';
import { cardinalitiesOf, type NamesOfType } from './words.ts';

/** Which records can be linked to which, how many of them, and in which roles. */
export function LinkForm({ name }: { name: string }) {
  const { schema, stored, change } = useSchemaForm();
  const part = useLinkPart(name);
  if (!Object.hasOwn(schema.links ?? {}, name)) {
    const putBack = (): void => change(withLink(schema, name, own(stored.links ?? {}, name)), part.at);
    return <Removed what={`The link type ${name}`} putBack={putBack} />;
  }
  const [left = '', called = ''] = name.split('.');
  const types = Object.keys(schema.types ?? {});
  const namesOf = (type: string): NamesOfType => {
    const { label = labelOf(type), plural = pluralOf(label) } = own(schema.types ?? {}, type) ?? {};
    return { one: label, many: plural };
  };
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack>
        <PartHead
          at={part.at}
          title={part.is.label ?? labelOf(called)}
          code={name}
          isNew={part.was === undefined}
          remove={() => change(withLink(schema, name, undefined), part.at)}
        />
        <Text size="sm">
          From{' '}
          <Anchor component={Link} size="sm" to={addressOf(`types.${left}`)}>
            {left}
          </Anchor>
          , which calls it <b>{called}</b>.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <ChoiceMember
            part={part}
            name="to"
            label="To"
            description={
              part.was !== undefined && part.was.to !== part.is.to
                ? 'The links that there are lead elsewhere: they are lost.'
                : 'Whose records are at the other end.'
            }
            data={types.map((value) => ({ value, label: value }))}
          />
          <TextMember
            part={part}
            name="inverse"
            label="The way back"
            description={`What ${part.is.to || 'the other type'} calls it.`}
            placeholder={pluralOf(left)}
            isCode
          />
          <TextMember
            part={part}
            name="label"
            label="Label"
            description="How it is called where people see it."
            placeholder={labelOf(called)}
          />
          <OwnerMember part={part} description="Who links and unlinks." />
        </SimpleGrid>
        <ChoiceMember
          part={part}
          name="cardinality"
          label="Cardinality"
          unsaid="many-to-many"
          data={cardinalitiesOf(namesOf(left), namesOf(part.is.to))}
        />
        <Roles part={part} />
        <Spellings part={part} />
      </Stack>
    </Card>
  );
}

function Roles({ part }: { part: Part<LinkDocument> }) {
  const { schema } = useSchemaForm();
  const { roles } = part.is;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <div>
        <ChoiceMember
          part={part}
          name="roles"
          label="Role list"
          description="What the one record can be to the other. “Add” has role lists, too."
          noneIs="no roles"
          data={Object.keys(schema.role_lists ?? {}).map((value) => ({ value, label: value }))}
        />
        {roles !== undefined && (
          <Anchor component={Link} size="sm" to={addressOf(`role_lists.${roles}`)}>
            Edit the roles of {roles}
          </Anchor>
        )}
      </div>
      <ChoiceMember
        part={part}
        name="once_per"
        label="Two records are linked"
        description="Once per role wants a role list, and many to many."
        unsaid="pair"
        data={[
          { value: 'pair', label: 'Once: another role replaces the one before' },
          { value: 'role', label: 'Once per role' },
        ]}
      />
    </SimpleGrid>
  );
}
