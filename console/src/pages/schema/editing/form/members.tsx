/** Inputs for the members of a part, by kind. What the API refused of a member stands at its input. */
import { Checkbox, NumberInput, Textarea, TextInput } from '@mantine/core';
import { Select } from '../../../../components/select.tsx';
import { useSchemaForm } from './context.ts';
import type { Change } from './document.ts';
import type { Part } from './part.ts';

type Member<Of extends object> = {
  readonly part: Part<Of>;
  readonly name: keyof Of & string;
  readonly label: string;
  readonly description?: string | undefined;
};

/** @param unsaid what holds where the document does not say: it need not, unless it did. */
function useMember<Of extends object>({ part, name }: Pick<Member<Of>, 'part' | 'name'>, unsaid?: unknown) {
  const { said } = useSchemaForm();
  const value: unknown = part.is[name];
  const isWritten = part.was !== undefined && part.was[name] !== undefined;
  return {
    value: value ?? unsaid,
    error: said.get(`${part.at}.${name}`),
    set: (to: unknown, along: Change<Of> = {}): void => {
      const kept = to === unsaid && !isWritten ? undefined : to;
      part.set({ ...along, [name]: kept } as Change<Of>);
    },
  };
}

export function TextMember<Of extends object>({
  placeholder,
  isLong = false,
  isCode = false,
  ...member
}: Member<Of> & { placeholder?: string; isLong?: boolean; isCode?: boolean }) {
  const { value, error, set } = useMember(member);
  const input = {
    label: member.label,
    description: member.description,
    placeholder,
    error,
    value: value === undefined || value === null ? '' : String(value),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      set(currentTarget.value === '' ? undefined : currentTarget.value),
  };
  if (isLong) return <Textarea {...input} autosize minRows={1} maxRows={6} />;
  return <TextInput {...input} {...(isCode && code)} />;
}

export function CountMember<Of extends object>({ placeholder, ...member }: Member<Of> & { placeholder?: string }) {
  const { value, error, set } = useMember(member);
  return (
    <NumberInput
      label={member.label}
      description={member.description}
      placeholder={placeholder}
      error={error}
      min={0}
      allowDecimal={false}
      allowNegative={false}
      value={typeof value === 'number' ? value : ''}
      onChange={(to) => set(typeof to === 'number' ? to : undefined)}
    />
  );
}

/** @param along what else changes with it: a member that does not go with what is chosen has no input any more. */
export function FlagMember<Of extends object>({
  unsaid = false,
  along,
  ...member
}: Member<Of> & { unsaid?: boolean; along?: (isChecked: boolean) => Change<Of> }) {
  const { value, error, set } = useMember(member, unsaid);
  return (
    <Checkbox
      label={member.label}
      description={member.description}
      error={error}
      checked={value === true}
      onChange={({ currentTarget: { checked } }) => set(checked, along?.(checked))}
    />
  );
}

export type Choice = { readonly value: string; readonly label: string };

/** What is no prose is not to be corrected. */
export const code = {
  spellCheck: false,
  autoComplete: 'off',
  autoCapitalize: 'off',
  styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)' } },
} as const;

/** @param unsaid what holds where the document does not say; left out: one must be chosen, or none with `noneIs`. */
export function ChoiceMember<Of extends object>({
  data,
  unsaid,
  noneIs,
  ...member
}: Member<Of> & { data: readonly Choice[]; unsaid?: string; noneIs?: string }) {
  const { value, error, set } = useMember(member, unsaid);
  const chosen = typeof value === 'string' ? value : null;
  // What is in the text and is no choice is shown all the same: the API says what is wrong with it.
  const isKnown = chosen === null || data.some((one) => one.value === chosen);
  return (
    <Select
      label={member.label}
      description={member.description}
      placeholder={noneIs}
      error={error}
      data={isKnown ? [...data] : [...data, { value: chosen, label: chosen }]}
      searchable={data.length > 12}
      clearable={noneIs !== undefined}
      allowDeselect={false}
      value={chosen}
      onChange={(to) => set(to ?? undefined)}
    />
  );
}
