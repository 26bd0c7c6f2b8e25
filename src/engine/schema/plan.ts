import type { Catalogue } from '../../model/catalogue.ts';

/** One difference between the stored schema and the wanted one, as a path into the document: `types.claim.fields.status`. */
export type SchemaChange = {
  readonly action: 'add' | 'change' | 'remove';
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  /** What would be lost: `12,400 records have a value`. null when nothing. */
  readonly loss: string | null;
};

/** Something in the document that cannot be: `path` says where, `message` what and what to do. */
export type SchemaProblem = { readonly path: string; readonly message: string };

/** Somebody has changed the schema since it was read: it is not of the version that was demanded. */
export type SchemaMoved = { readonly kind: 'version_mismatch'; readonly expected: number; readonly actual: number };

export type SchemaPlan =
  | SchemaMoved
  | {
      readonly kind: 'plan';
      readonly version: number;
      readonly changes: readonly SchemaChange[];
      /** `contact.email`: filterable fields whose index is being filled. */
      readonly filling: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly [SchemaProblem, ...SchemaProblem[]] }
  | { readonly kind: 'forbidden' };

export type SchemaOutcome =
  | { readonly kind: 'applied'; readonly changes: readonly SchemaChange[]; readonly catalogue: Catalogue }
  | { readonly kind: 'loss_refused'; readonly changes: readonly SchemaChange[] }
  /** Only where a version was demanded. */
  | SchemaMoved
  | { readonly kind: 'invalid'; readonly problems: readonly [SchemaProblem, ...SchemaProblem[]] }
  | { readonly kind: 'forbidden' };
