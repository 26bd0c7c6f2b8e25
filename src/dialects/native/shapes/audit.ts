import { auditActions, concernedKinds } from '../../../model/audit.ts';
import { type Static, Type } from '../../json-schema.ts';
import { cursorParameter, limitParameter, listOf, queryOf, refTo, spreadsheetParameter, Time } from './common.ts';

const details = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    description,
  });

export const AuditEntryShape = Type.Object(
  {
    number: Type.Integer(),
    at: Time,
    action: Type.Enum([...auditActions], { description: 'New ones may be added; none is taken away.' }),
    principal: Type.Unsafe<{ id: number; name: string } | null>({
      type: ['object', 'null'],
      properties: { id: { type: 'integer' }, name: { type: 'string' } },
      required: ['id', 'name'],
      description: 'Who did it; null where nobody was signed in.',
    }),
    via: Type.String({
      description: 'The API that it came through; `cli` for the command line.',
      examples: ['native', 'cli'],
    }),
    request_id: Type.String(),
    concerned: Type.Object(
      {
        kind: Type.Enum([...concernedKinds]),
        id: Type.Unsafe<number | null>({
          type: ['integer', 'null'],
          description: 'The number by which its own API knows it; null for what is known by its name.',
        }),
        name: Type.String({ description: 'As it was then.' }),
      },
      { description: 'What it was done to.' },
    ),
    before: details('What was there before, as far as it changed. Never a secret.'),
    after: details('What is there since. Never a secret.'),
  },
  { $id: 'AuditEntry', description: 'One act upon access or configuration.' },
);

export const AuditListShape = listOf(refTo(AuditEntryShape), 'AuditList');

const time = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, description, examples: ['2026-11-30T00:00:00Z'] }));

export const AuditQueryShape = queryOf({
  limit: limitParameter,
  cursor: cursorParameter,
  action: Type.Optional(
    Type.String({ minLength: 1, description: `Actions, parted by commas: ${auditActions.join(', ')}.` }),
  ),
  principal: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Id of the user or key that did it, as in `principal.id`.',
    }),
  ),
  concerned: Type.Optional(
    Type.String({
      minLength: 1,
      description: `What it was done to: a kind (${concernedKinds.join(', ')}), or one of it by its number or name, as \`user:12\` or \`interface:erp\`.`,
    }),
  ),
  since: time('Those of this time or later.'),
  until: time('Those before this time.'),
  ...spreadsheetParameter,
});

export type ShownAuditEntry = Static<typeof AuditEntryShape>;
export type AuditList = Static<typeof AuditListShape>;
export type AskedAudit = Static<typeof AuditQueryShape>;
