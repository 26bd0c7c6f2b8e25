/** `?force=true` of a write: what another owns gives way to it. */
import { Type } from '../json-schema.ts';

export const forceParameter = {
  force: Type.Boolean({
    default: false,
    description:
      'Write fields and links that another owns, too. Needs the grant `force`; they stay their owner’s, who may write them again.',
  }),
};

export const forceOf = ({ force }: { readonly force: boolean }): { force?: true } => (force ? { force } : {});

export const deferredByForce = 'A link that is forced does not wait for its records: force it when they are there.';
