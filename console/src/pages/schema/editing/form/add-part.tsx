import { Button, Menu } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { own } from '../../../../api/own.ts';
import { Select } from '../../../../components/select.tsx';
import { AddDialog, type Called } from './add-dialog.tsx';
import { useSchemaForm } from './context.ts';
import { withLink, withRoles, withType } from './document.ts';

type What = 'type' | 'link' | 'role_list';

/** A record type, a link type or a role list, whose form opens then. */
export function AddPart() {
  const [what, setWhat] = useState<What | null>(null);
  const close = (): void => setWhat(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button leftSection={<Plus size={16} aria-hidden />}>Add</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setWhat('type')}>Record type</Menu.Item>
          <Menu.Item onClick={() => setWhat('link')}>Link type</Menu.Item>
          <Menu.Item onClick={() => setWhat('role_list')}>Role list</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <AddType isOpen={what === 'type'} close={close} />
      <AddLink isOpen={what === 'link'} close={close} />
      <AddRoleList isOpen={what === 'role_list'} close={close} />
    </>
  );
}

type Dialog = { readonly isOpen: boolean; readonly close: () => void };

function AddType(dialog: Dialog) {
  const { schema, change, choose } = useSchemaForm();
  const add = ({ key, label }: Called): void => {
    change(withType(schema, key, label === null ? {} : { label }), `types.${key}`);
    choose(`types.${key}`);
  };
  return <AddDialog title="Add a record type" taken={Object.keys(schema.types ?? {})} add={add} {...dialog} />;
}

function AddRoleList(dialog: Dialog) {
  const { schema, change, choose } = useSchemaForm();
  const add = ({ key }: Called): void => {
    change(withRoles(schema, key, []), `role_lists.${key}`);
    choose(`role_lists.${key}`);
  };
  return <AddDialog title="Add a role list" taken={Object.keys(schema.role_lists ?? {})} add={add} {...dialog} />;
}

function AddLink(dialog: Dialog) {
  const { schema, change, choose } = useSchemaForm();
  const types = Object.keys(schema.types ?? {});
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [left, right] = [from ?? types[0] ?? '', to ?? types[0] ?? ''];
  const add = ({ key, label }: Called): void => {
    const at = `${left}.${key}`;
    change(withLink(schema, at, { to: right, ...(label !== null && { label }) }), `links.${at}`);
    choose(`links.${at}`);
  };
  const taken = [
    ...Object.keys(own(schema.types ?? {}, left)?.fields ?? {}),
    ...Object.keys(schema.links ?? {}).flatMap((key) =>
      key.startsWith(`${left}.`) ? [key.slice(left.length + 1)] : [],
    ),
  ];
  const choice = { data: types, searchable: types.length > 12, allowDeselect: false } as const;
  return (
    <AddDialog title="Add a link type" taken={taken} add={add} {...dialog}>
      <Select label="From" {...choice} value={left} onChange={setFrom} />
      <Select label="To" {...choice} value={right} onChange={setTo} />
    </AddDialog>
  );
}
