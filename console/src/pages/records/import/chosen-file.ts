/** The file that is to be imported: its format, and of a CSV file which column is which field. */
import { useState } from 'react';
import type { RecordType } from '../../../api/catalogue.ts';
import { type Column, columnsIn, withColumns } from './csv-columns.ts';
import { type CsvForm, type Delimiter, formOf } from './csv-form.ts';
import { type FieldsOfColumns, guessed } from './mapping.tsx';

export const media: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
};

const endOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

export type Csv = {
  readonly form: CsvForm;
  readonly columns: readonly Column[];
  readonly fields: FieldsOfColumns;
};

/** @param onChange whatever was told of the file before is not true any more. */
export function useChosenFile(type: RecordType, onChange: () => void) {
  const [file, setFile] = useState<File | null>(null);
  const [csv, setCsv] = useState<Csv>();
  const read = async (from: File, form: CsvForm): Promise<void> => {
    const columns = await columnsIn(from, form);
    setCsv({ form, columns, fields: guessed(type, columns) });
  };
  const contentType = file === null ? undefined : media[endOf(file.name)];
  return {
    file,
    csv,
    contentType,
    async choose(chosen: File | null): Promise<void> {
      onChange();
      setFile(chosen);
      setCsv(undefined);
      if (chosen !== null && media[endOf(chosen.name)] === media.csv) await read(chosen, await formOf(chosen));
    },
    async partBy(delimiter: Delimiter): Promise<void> {
      onChange();
      if (file !== null && csv !== undefined) await read(file, { ...csv.form, delimiter });
    },
    match(fields: FieldsOfColumns): void {
      onChange();
      if (csv !== undefined) setCsv({ ...csv, fields });
    },
    /** As the API takes it. */
    async prepared(): Promise<{ content: Blob; media: string }> {
      if (file === null || contentType === undefined) throw new Error('No file is chosen.');
      return {
        content: csv === undefined ? file : await withColumns(file, csv.form, namesOf(csv)).catch(notInItsLetters),
        media: contentType,
      };
    },
  };
}

/** By this column the server knows that text has apostrophes before it, which are none of its own. */
const spreadsheetColumn = '_spreadsheet';

const namesOf = ({ columns, fields }: Csv): (string | undefined)[] =>
  columns.map(({ name }, place) => fields[place] ?? (name === spreadsheetColumn ? name : undefined));

function notInItsLetters(): never {
  throw new Error('The file is not all in the letters that it begins with. Save it as UTF-8, and choose it again.');
}
