import { Accordion, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus } from 'lucide-react';
import { labelOf } from '../../../../api/catalogue.ts';
import { own } from '../../../../api/own.ts';
import { AddField } from './add-field.tsx';
import { alwaysThere } from './chosen.ts';
import { isRefused, useSchemaForm } from './context.ts';
import { type FieldDocument, withField } from './document.ts';
import { FieldForm } from './field-form.tsx';
import { NewBadge } from './part-head.tsx';
import { Removed } from './removed.tsx';
import { nameOfKind } from './words.ts';

/** The fields of a type, each of which opens to its form. */
export function FieldList({ type, open }: { type: string; open: string | null }) {
  const { schema, stored, change, choose } = useSchemaForm();
  const [isAdding, adding] = useDisclosure();
  const fields = own(schema.types ?? {}, type)?.fields ?? {};
  const before = own(stored.types ?? {}, type)?.fields ?? {};
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(fields, name) && !alwaysThere.includes(name));
  const shown = [...new Set([...alwaysThere, ...Object.keys(fields)])];
  return (
    <Card withBorder component="section" aria-labelledby="fields-title">
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4" id="fields-title">
            Fields
          </Title>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={adding.open}
          >
            Add a field
          </Button>
        </Group>
        <Accordion
          order={3}
          variant="separated"
          // What is open is there at once: while a panel unfolds, no input in it can be given the keyboard.
          transitionDuration={0}
          value={open}
          onChange={(name) => choose(name === null ? `types.${type}` : `types.${type}.fields.${name}`)}
        >
          {shown.map((name) => (
            <Accordion.Item key={name} value={name}>
              <Accordion.Control>
                <FieldHead
                  at={`types.${type}.fields.${name}`}
                  name={name}
                  field={own(fields, name)}
                  was={own(before, name)}
                />
              </Accordion.Control>
              <Accordion.Panel>
                {open === name && (
                  <Stack role="group" aria-label={`Field ${name}`}>
                    <FieldForm type={type} name={name} />
                    {!alwaysThere.includes(name) && (
                      <Button
                        variant="default"
                        size="compact-sm"
                        style={{ alignSelf: 'start' }}
                        onClick={() => change(withField(schema, type, name, undefined), `types.${type}.fields.${name}`)}
                      >
                        Remove the field
                      </Button>
                    )}
                  </Stack>
                )}
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
        {gone.map((name) => (
          <Removed
            key={name}
            what={`The field ${name}`}
            putBack={() => change(withField(schema, type, name, before[name]), `types.${type}.fields.${name}`)}
          />
        ))}
      </Stack>
      <AddField type={type} isOpen={isAdding} close={adding.close} />
    </Card>
  );
}

type Head = {
  readonly at: string;
  readonly name: string;
  readonly field: FieldDocument | undefined;
  readonly was: FieldDocument | undefined;
};

/** What a field is, at a glance. */
function FieldHead({ at, name, field, was }: Head) {
  const form = useSchemaForm();
  const isOfItself = alwaysThere.includes(name);
  const marks = [
    ...(field?.required ? ['required'] : []),
    ...(field?.unique || name === 'external_id' || name === 'sync_key' ? ['match field'] : []),
    ...(field?.filterable ? ['filterable'] : []),
  ];
  return (
    <Group gap="xs">
      <Text size="sm" fw={600}>
        {field?.label ?? labelOf(name)}
      </Text>
      <Text size="sm" c="dimmed">
        {name} · {nameOfKind(field?.type ?? 'text')}
        {field?.to !== undefined && ` of type ${field.to}`}
      </Text>
      {marks.map((mark) => (
        <Badge key={mark} variant="light" color="gray">
          {mark}
        </Badge>
      ))}
      {was === undefined && !isOfItself && <NewBadge />}
      {isRefused(form, at) && (
        <Badge variant="light" color="red">
          to be mended
        </Badge>
      )}
    </Group>
  );
}
