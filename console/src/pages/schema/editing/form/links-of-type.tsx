import { Anchor, Card, List, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { addressOf } from '../../address.ts';
import { useSchemaForm } from './context.ts';
import { linksAt } from './document.ts';

/** What leads to the type and from it, each with a form of its own. */
export function LinksOfType({ type }: { type: string }) {
  const { schema } = useSchemaForm();
  const links = linksAt(schema, type);
  return (
    <Card withBorder component="section" aria-labelledby="links-title">
      <Title order={2} size="h4" id="links-title" mb="xs">
        Link types
      </Title>
      {links.length === 0 ? (
        <Text size="sm" c="dimmed">
          None leads to it or from it. “Add” has link types, too.
        </Text>
      ) : (
        <List size="sm">
          {links.map(([key, { to }]) => (
            <List.Item key={key}>
              <Anchor component={Link} size="sm" to={addressOf(`links.${key}`)}>
                {key}
              </Anchor>{' '}
              → {to}
            </List.Item>
          ))}
        </List>
      )}
    </Card>
  );
}
