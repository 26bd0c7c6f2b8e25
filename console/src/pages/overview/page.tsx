import { Card, SimpleGrid, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { schemaQuery } from '../../api/schema.ts';
import { useMe } from '../../api/session.ts';
import { PageHead } from '../../components/page-head.tsx';
import { counted } from '../../components/words.ts';

export function Page() {
  const me = useMe();
  const { data: schema } = useSuspenseQuery(schemaQuery);
  const figures = [
    counted(Object.keys(schema.types ?? {}).length, 'type element'),
    counted(Object.keys(schema.links ?? {}).length, 'link type'),
    counted(Object.keys(schema.interfaces ?? {}).length, 'interface'),
  ];
  return (
    <>
      <PageHead title="Overview" lead={`The workspace ${me.workspace.name}.`} />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {figures.map((text) => (
          <Card withBorder key={text}>
            <Text size="lg">{text}</Text>
          </Card>
        ))}
      </SimpleGrid>
    </>
  );
}
