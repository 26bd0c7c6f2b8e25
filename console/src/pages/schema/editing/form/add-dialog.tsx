import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { labelOf } from '../../../../api/catalogue.ts';
import { flawOfKey, keyOf } from './key-of.ts';
import { code } from './members.tsx';

/** `label` is null where it is what the key says anyway. */
export type Called = { readonly key: string; readonly label: string | null };

type Shown = {
  readonly title: string;
  readonly taken: readonly string[];
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly add: (called: Called) => void;
  /** What is asked beside its name. */
  readonly children?: ReactNode;
};

/** Something new by its name: its key, which stays, is made of that, unless one types another. */
export function AddDialog({ title, isOpen, close, ...form }: Shown) {
  return (
    <Modal opened={isOpen} onClose={close} title={title}>
      <Form close={close} {...form} />
    </Modal>
  );
}

function Form({ taken, close, add, children }: Omit<Shown, 'title' | 'isOpen'>) {
  const form = useForm({
    initialValues: { label: '', key: null as string | null },
    validate: {
      label: (text) => (text.trim() === '' ? 'Give it a name.' : null),
      key: (text, { label }) => (label.trim() === '' ? null : flawOfKey(text ?? keyOf(label), taken)),
    },
  });
  const key = form.values.key ?? keyOf(form.values.label);
  const submit = form.onSubmit(({ label }) => {
    close();
    add({ key, label: label.trim() === labelOf(key) ? null : label.trim() });
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label="Label" required data-autofocus {...form.getInputProps('label')} />
        <TextInput
          label="Key"
          description="What it is called in APIs and files. It stays as it is."
          required
          {...code}
          {...form.getInputProps('key')}
          value={key}
        />
        {children}
        <Group justify="end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit">Add</Button>
        </Group>
      </Stack>
    </form>
  );
}
