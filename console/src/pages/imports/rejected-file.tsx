import { Button, type ButtonProps, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { path } from '../../api/client.ts';
import { saveFile } from '../../api/save-file.ts';
import type { ShownImport } from '../../api/types.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';

type Shown = ButtonProps & {
  readonly of: ShownImport;
  readonly children: string;
  /** Where there are several. */
  readonly 'aria-label'?: string;
};

/** Saves the rows as they were sent, with what is wrong with each. */
export function RejectedFile({ of: { id, number }, ...button }: Shown) {
  const save = useMutation({
    mutationFn: () =>
      saveFile(path`/v1/imports/${id}/rejected?spreadsheet=true`, 'text/csv', `import-${number}-rejected.csv`),
  });
  return (
    <Stack gap="xs" align="start">
      <Button
        variant="default"
        leftSection={<Download size={14} aria-hidden />}
        loading={save.isPending}
        onClick={() => save.mutate()}
        {...button}
      />
      {save.isError && <ProblemAlert fault={save.error} title="Not saved" />}
    </Stack>
  );
}
