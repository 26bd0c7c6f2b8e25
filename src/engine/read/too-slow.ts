/** Of a list that was not found in time: which index it lacks, and what to do. */
import type { RecordType } from '../../model/catalogue.ts';
import type { Condition, ListQuery } from '../../model/commands.ts';

export function tooSlow(type: RecordType, { filters, sort }: ListQuery, patienceMs: number): string {
  const asked = [...filters.flatMap(namesIn), ...sort.flatMap((one) => ('field' in one ? [one.field] : []))];
  const without = [...new Set(asked)].flatMap((name) => {
    const field = type.fieldsByKey.get(name);
    return field === undefined || field.unique || field.indexed || field.link !== null ? [] : [field];
  });
  const coming = without.filter(({ filterable }) => filterable).map(({ key }) => key);
  const possible = without.filter(({ filterable }) => !filterable).map(({ key }) => key);
  return [
    `Going through the records of ${type.key} took longer than ${patienceMs / 1000} seconds, and was given up.`,
    ...(coming.length > 0 ? [`The index of ${coming.join(', ')} is being filled: ask again in a while.`] : []),
    ...(possible.length > 0 ? [`Make the field filterable in the schema: ${possible.join(', ')}.`] : []),
    'An index knows values, ranges of them and how text begins; it orders by one field. Newest first is `-number`.',
  ].join(' ');
}

function namesIn(condition: Condition): string[] {
  if ('field' in condition) return [condition.field];
  if ('fields' in condition) return [...condition.fields];
  if ('all' in condition) return condition.all.flatMap(namesIn);
  if ('any' in condition) return condition.any.flatMap(namesIn);
  return 'not' in condition ? namesIn(condition.not) : [];
}
