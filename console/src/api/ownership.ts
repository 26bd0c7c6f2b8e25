/** Who may write what, and giving it to another owner. */
import { useMutation } from '@tanstack/react-query';
import { labelOf } from './catalogue.ts';
import { call } from './client.ts';
import type { Schema, Transfer, TransferAnswer } from './types.ts';
import { useWrite } from './use-write.ts';

export type Owned = {
  /** Left out: who creates and deletes the records of the type. */
  readonly member?: { readonly kind: 'field' | 'link'; readonly name: string };
  readonly label: string;
  readonly owner: string;
};

/** What the schema gives an owner, of one record type: its records, its fields, and its links by the names that the type has for them. */
export function ownedOf(schema: Schema, type: string): readonly Owned[] {
  const of = schema.types?.[type];
  if (of === undefined) return [];
  const fields = Object.entries(of.fields ?? {}).map(
    ([name, { label = labelOf(name), owner = 'internal' }]): Owned => ({
      member: { kind: 'field', name },
      label,
      owner,
    }),
  );
  const links = Object.entries(schema.links ?? {}).flatMap(([key, { to, inverse, label, owner = 'internal' }]) => {
    const [left = '', name = ''] = key.split('.');
    const link = (called: string, shown: string): Owned => ({
      member: { kind: 'link', name: called },
      label: shown,
      owner,
    });
    return [
      ...(left === type ? [link(name, label ?? labelOf(name))] : []),
      ...(to === type && inverse !== undefined ? [link(inverse, labelOf(inverse))] : []),
    ];
  });
  return [{ label: 'Its records', owner: of.owner ?? 'internal' }, ...fields, ...links];
}

/** Whom it would touch; nothing changes. */
export const usePlanTransfer = () =>
  useMutation({
    mutationFn: (body: Transfer) =>
      call<TransferAnswer>('POST', '/v1/ownership/transfer', { query: { plan: true }, body }),
  });

export const useTransfer = () =>
  useWrite((body: Transfer) => call<TransferAnswer>('POST', '/v1/ownership/transfer', { body }));
