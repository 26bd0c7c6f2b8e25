import { SimpleGrid, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { dialectsQuery } from '../../../../api/dialects.ts';
import { useSchemaForm } from './context.ts';
import { withEntry } from './document.ts';
import type { Part } from './part.ts';

type Named = { readonly names?: Record<string, string> };

/** How each API spells it, where its own rule does not give that. */
export function Spellings<Of extends Named>({ part }: { part: Part<Of> }) {
  const { said } = useSchemaForm();
  const { data: dialects } = useQuery(dialectsQuery);
  const names = part.is.names ?? {};
  const apis = (dialects?.items ?? []).filter(({ name }) => name !== 'native');
  // Of an API that is not served there may be a name, too.
  const others = Object.keys(names).filter((name) => !apis.some((api) => api.name === name));
  const shown = [...apis, ...others.map((name) => ({ name, title: name }))];
  const set = (api: string, name: string): void => {
    const after = withEntry(names, api, name === '' ? undefined : name);
    part.set({ names: Object.keys(after).length === 0 ? undefined : after } as Parameters<typeof part.set>[0]);
  };
  return (
    <details open={others.length > 0 || Object.keys(names).length > 0 || undefined}>
      <summary className="summary">Spelling in each API</summary>
      <Text size="sm" c="dimmed" my="xs">
        Empty: as the rule of the API makes it of the key.
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {shown.map(({ name, title }) => (
          <TextInput
            key={name}
            label={`In ${title}`}
            error={said.get(`${part.at}.names.${name}`)}
            value={String(names[name] ?? '')}
            onChange={({ currentTarget }) => set(name, currentTarget.value)}
          />
        ))}
      </SimpleGrid>
    </details>
  );
}
