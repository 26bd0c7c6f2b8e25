/** The schema of the workspace, for whatever is shown of it. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { type Catalogue, catalogueOf, type RecordType } from './catalogue.ts';
import { NothingThere } from './client.ts';
import { schemaQuery } from './schema.ts';

export const useCatalogue = (): Catalogue => useSuspenseQuery({ ...schemaQuery, select: catalogueOf }).data;

export function useRecordType(key: string): RecordType {
  const type = useCatalogue().get(key);
  if (type === undefined) throw new NothingThere(`There is no type element "${key}".`);
  return type;
}
