import { Checkbox, Fieldset, SimpleGrid, Stack } from '@mantine/core';
import { useSchemaForm } from './context.ts';
import type { FieldDocument } from './document.ts';
import { ChoiceMember, CountMember, FlagMember, TextMember } from './members.tsx';
import { Numbered } from './numbered.tsx';
import type { Part } from './part.ts';
import { keySteps } from './words.ts';

type Shown = { readonly part: Part<FieldDocument>; readonly name: string };

/** What the values of a field must be, by its kind. */
export function FieldRules({ part, name }: Shown) {
  switch (part.is.type) {
    case 'text':
      return (
        <>
          <MatchField part={part} name={name} />
          <Length part={part} />
          {part.is.unique !== true && !isKey(name) && <Numbered part={part} />}
        </>
      );
    case 'regexp':
      return (
        <>
          <TextMember
            part={part}
            name="pattern"
            label="Pattern"
            description="In RE2 syntax; it matches the whole value."
            placeholder="[A-Z]{2}-\d{3}"
            isCode
          />
          <MatchField part={part} name={name} />
          <Length part={part} />
        </>
      );
    case 'textarea':
      return <Length part={part} />;
    case 'integer':
      return <MatchField part={part} name={name} />;
    case 'decimal':
      return (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <CountMember part={part} name="scale" label="Digits after the point" placeholder="as many as there are" />
        </SimpleGrid>
      );
    case 'lookup':
      return <Lookup part={part} />;
    default:
      return null;
  }
}

const isKey = (name: string): boolean => name === 'external_id' || name === 'sync_key';

const Length = ({ part }: { part: Part<FieldDocument> }) => (
  <SimpleGrid cols={{ base: 1, sm: 2 }}>
    <CountMember part={part} name="max_length" label="Characters at most" placeholder="any number" />
  </SimpleGrid>
);

/** Records are found by it, and when two spellings find the same one. */
function MatchField({ part, name }: Shown) {
  const { said } = useSchemaForm();
  const { unique, key_rule: rule = [], type } = part.is;
  const hasRule = type !== 'integer' && (unique === true || isKey(name));
  return (
    <Fieldset legend="Match field">
      <Stack gap="sm">
        {!isKey(name) && (
          <FlagMember
            part={part}
            name="unique"
            label="Unique"
            description="At most one record has each value: records are found by it."
            along={(isUnique) => (isUnique ? { default: undefined, numbered: undefined } : { key_rule: undefined })}
          />
        )}
        {hasRule && (
          <Checkbox.Group
            label="Spellings that are the same key"
            description="They differ just in this; without any, keys are compared exactly."
            error={said.get(`${part.at}.key_rule`)}
            value={rule}
            onChange={(steps) => {
              const inOrder = keySteps.flatMap(({ value }) => (steps.includes(value) ? [value] : []));
              part.set({ key_rule: inOrder.length === 0 ? undefined : inOrder });
            }}
          >
            <Stack gap="xs" mt="xs">
              {keySteps.map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
      </Stack>
    </Fieldset>
  );
}

function Lookup({ part }: { part: Part<FieldDocument> }) {
  const { schema } = useSchemaForm();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <ChoiceMember
        part={part}
        name="to"
        label="Points at"
        data={Object.keys(schema.types ?? {}).map((value) => ({ value, label: value }))}
      />
      <TextMember
        part={part}
        name="inverse"
        label="The way back"
        description="What that type calls the records that point at one of its own."
        isCode
      />
    </SimpleGrid>
  );
}
