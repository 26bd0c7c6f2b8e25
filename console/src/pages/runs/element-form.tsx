import { JsonInput } from '@mantine/core';
import type { ShownIssue } from '../../api/types.ts';
import { FieldInput } from '../records/form/field-input.tsx';
import type { Typed } from '../records/form/field-text.ts';
import { type Member, shownOf } from './element-values.ts';

type Shown = {
  readonly members: readonly Member[];
  readonly typed: ReadonlyMap<string, Typed>;
  readonly onTyped: (name: string, typed: Typed) => void;
  readonly issues: readonly ShownIssue[];
};

/** An input for each member of the element, with what was wrong with it. The first that was is where one begins. */
export function MemberInputs({ members, typed, onTyped, issues }: Shown) {
  const wrong = members.map((member) => issues.find((issue) => isOf(member, issue))?.message);
  const first = Math.max(
    wrong.findIndex((message) => message !== undefined),
    0,
  );
  return members.map((member, place) => (
    <FieldInput
      key={member.name}
      field={member.field}
      typed={typed.get(member.name) ?? shownOf(member)}
      onChange={(next) => onTyped(member.name, next)}
      error={wrong[place]}
      isFirst={place === first}
    />
  ));
}

/** Issues call a member as its sender did: by its key, or by its label. */
export const isOf = ({ name, field }: Member, { member }: ShownIssue): boolean =>
  member !== null && (member === name || member === field.label);

/** The whole of it as text, for what has no input: to leave a member out, or to add one. */
export const WholeElement = ({
  text,
  onChange,
  isWrong,
}: {
  text: string;
  onChange: (text: string) => void;
  isWrong: boolean;
}) => (
  <JsonInput
    label="The element"
    autosize
    minRows={6}
    maxRows={24}
    value={text}
    onChange={onChange}
    error={isWrong ? 'This is no JSON object.' : undefined}
    styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
  />
);
