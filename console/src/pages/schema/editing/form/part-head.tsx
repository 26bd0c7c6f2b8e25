import { Alert, Badge, Button, Code, Group, Title } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useSchemaForm } from './context.ts';

type Shown = {
  readonly at: string;
  readonly title: string;
  /** What it is called in the document; the title itself, where it has no other. */
  readonly code?: string;
  readonly isNew: boolean;
  readonly remove: () => void;
};

/** What a form is about, what was refused of all of it, and taking it away. */
export function PartHead({ at, title, code, isNew, remove }: Shown) {
  const { said } = useSchemaForm();
  const error = said.get(at);
  return (
    <>
      <Group justify="space-between" align="start">
        <Group gap="xs">
          <Title order={2} size="h4" className="long">
            {title}
          </Title>
          {code !== undefined && <Code>{code}</Code>}
          {isNew && <NewBadge />}
        </Group>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Trash2 size={14} aria-hidden />}
          aria-label={`Remove ${title}`}
          onClick={remove}
        >
          Remove
        </Button>
      </Group>
      {error !== undefined && (
        <Alert color="red" variant="light">
          {error}
        </Alert>
      )}
    </>
  );
}

export const NewBadge = () => (
  <Badge variant="light" color="green">
    new
  </Badge>
);
