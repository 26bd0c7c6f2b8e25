import type { RecordType } from '../api/catalogue.ts';

/** Whether a field holds numbers. @param key undefined: of no field. */
export const isOfNumbers = (type: RecordType | undefined, key: string | undefined): boolean =>
  type?.fields.some((field) => field.key === key && (field.type === 'integer' || field.type === 'decimal')) ?? false;
