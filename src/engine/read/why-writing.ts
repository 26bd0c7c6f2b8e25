/** Who wrote or was refused something, as `why` shows it. */
import type { Catalogue } from '../../model/catalogue.ts';
import { guidOf, principalId } from '../../model/ids.ts';
import type { Refusal, Writing } from '../../model/why.ts';
import type { RefusedRow, WriteRow } from '../../store/records/why.ts';

/** Of refusals, that many are shown. */
export const mostRefused = 50;

export const refusalOf = (catalogue: Catalogue, row: RefusedRow): Refusal => ({
  ...traceOf(catalogue, row),
  value: row.value,
  times: row.times,
});

export const writingOf = (catalogue: Catalogue, row: Omit<WriteRow, 'wrote' | 'forced'>): Writing => ({
  ...traceOf(catalogue, row),
  import: row.import === null ? null : guidOf('import', catalogue.workspace, row.import),
});

const traceOf = (
  catalogue: Catalogue,
  row: Omit<WriteRow, 'wrote' | 'forced' | 'import'>,
): Omit<Writing, 'import'> => ({
  principal: { id: principalId(row.principal_id), name: row.principal_name },
  via: row.via,
  request: row.request,
  run: row.run === null ? null : guidOf('run', catalogue.workspace, row.run),
  interface: [...catalogue.interfaces.values()].find(({ id }) => id === row.interface)?.endpoint ?? null,
  row: row.place,
  at: row.at,
});
