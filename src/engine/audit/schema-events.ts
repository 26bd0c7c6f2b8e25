/** What is told of a new version of the schema: each interface that it makes, changes or removes, and all else of it as one. */
import type { AccessEvent, Concerned } from '../../model/audit.ts';
import type { InterfaceDocument } from '../../model/schema.ts';
import type { SchemaRow } from '../../store/schemas.ts';
import { changedMembers, diffDocuments } from '../schema/diff.ts';
import type { SchemaChange } from '../schema/plan.ts';

/** Of a whole schema that is applied, all would be as much as the document. */
const mostSteps = 50;

type Version = Pick<SchemaRow, 'version' | 'document'>;

export function schemaEvents(before: Version, after: Version, changes: readonly SchemaChange[]): AccessEvent[] {
  const was = { schema_version: before.version };
  const is = { schema_version: after.version };
  const steps = changes
    .filter(({ path }) => !path.startsWith('interfaces.'))
    .map(({ action, path }) => ({ action, path }))
    .toSorted((one, other) => Number(isRetention(other)) - Number(isRetention(one)));
  const told = { ...is, changes: steps.slice(0, mostSteps), more: Math.max(0, steps.length - mostSteps) };
  const schema = { kind: 'schema', id: null, name: 'schema' } as const;
  const ofSchema: AccessEvent[] =
    steps.length === 0 ? [] : [{ action: 'schema_applied', concerned: schema, before: was, after: told }];
  return [...ofSchema, ...interfaceEvents(before, after, was, is)];
}

/** Stands first: who shortens how long the audit is kept must not hide it behind fifty changes of something else. */
const isRetention = ({ path }: { readonly path: string }): boolean => /^retention(\.|$)/.test(path);

type Versioned = { readonly schema_version: number };

function interfaceEvents(before: Version, after: Version, was: Versioned, is: Versioned): AccessEvent[] {
  return diffDocuments(before.document, after.document).flatMap((difference): AccessEvent[] => {
    const { entity } = difference;
    if (entity.kind !== 'interface') return [];
    const concerned: Concerned<'interface'> = { kind: 'interface', id: null, name: entity.endpoint };
    if (difference.before === undefined) {
      const settings = shown(difference.after as InterfaceDocument);
      return [{ action: 'interface_created', concerned, before: null, after: { ...is, ...settings } }];
    }
    if (difference.after === undefined) {
      const settings = shown(difference.before as InterfaceDocument);
      return [{ action: 'interface_removed', concerned, before: { ...was, ...settings }, after: null }];
    }
    const changed = changedMembers(difference);
    const of = (side: 'before' | 'after'): object =>
      shown(Object.fromEntries(changed.map((one) => [one.member, one[side] ?? null])));
    const [old, now] = [of('before'), of('after')];
    return [{ action: 'interface_changed', concerned, before: { ...was, ...old }, after: { ...is, ...now } }];
  });
}

/** A scope holds values and keys of records, which may be erased: its names say enough. */
function shown<Settings extends { scope?: unknown }>({ scope, ...settings }: Settings): object {
  return scope ? { ...settings, scope: Object.keys(scope) } : settings;
}
