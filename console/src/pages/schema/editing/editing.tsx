import { Stack } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { schemaTextQuery } from '../../../api/schema.ts';
import type { Editing as EditingState } from '../use-editing.ts';
import { begun, isChanged } from './draft.ts';
import { FormEditor } from './form/form-editor.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { YamlEditor } from './yaml-editor.tsx';

/** The same draft, by form or as text, and what it would do. */
export function Editing({ by, editing }: { by: 'form' | 'text'; editing: EditingState }) {
  const { data: stored } = useSuspenseQuery(schemaTextQuery);
  const asStored = useMemo(() => begun(stored), [stored]); // the same one until it is another: to read its text takes a moment
  const draft = editing.draft ?? asStored;
  return (
    <Stack>
      {by === 'form' ? (
        <FormEditor
          draft={draft}
          change={(formed, of, members) => editing.edit({ ...draft, formed }, of, members)}
          fault={editing.fault}
          refusal={editing.refusal}
        />
      ) : (
        <YamlEditor draft={draft} editing={editing} />
      )}
      <PlanPanel draft={draft} editing={editing} isChanged={editing.draft !== null && isChanged(draft)} />
    </Stack>
  );
}
