import { Stack } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { keysQuery } from '../../../api/access.ts';
import { schemaQuery } from '../../../api/schema.ts';
import type { ListedInterface } from '../../../api/types.ts';
import { Form } from './form.tsx';
import { Ownership } from './ownership.tsx';
import { Remove } from './remove.tsx';

/** Whatever can be said of an interface, and its end. */
export function Settings({ on }: { on: ListedInterface }) {
  const { data: schema } = useSuspenseQuery(schemaQuery);
  const { data: keys } = useSuspenseQuery(keysQuery);
  return (
    <Stack gap="lg" maw={900}>
      <Form on={on} schema={schema} keys={keys.items} />
      <Ownership on={on} schema={schema} />
      <Remove on={on} schema={schema} />
    </Stack>
  );
}
