/** The file that is to be imported: its format, and of a CSV file which column is which field. */
import { useState } from 'react';
import type { RecordType } from '../../../api/catalogue.ts';
import { own } from '../../../api/own.ts';
import { type Column, columnsIn, withColumns } from '../../../csv/columns.ts';
import { type DecimalSign, likelySign } from '../../../csv/decimal-sign.ts';
import { type FieldsOfColumns, guessed } from '../../../csv/fields-of-columns.ts';
import { type CsvForm, type Delimiter, formOf } from '../../../csv/form.ts';
import { isOfNumbers } from '../../../csv/number-fields.ts';

export const media: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/csv',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
};

const mediaOf = ({ name }: File): string | undefined => own(media, name.slice(name.lastIndexOf('.') + 1).toLowerCase());

export type Csv = {
  readonly form: CsvForm;
  readonly columns: readonly Column[];
  readonly fields: FieldsOfColumns;
  /** Values of columns of numbers, with a sign in them. */
  readonly numbers: readonly string[];
  /** undefined: for somebody to say. */
  readonly sign: DecimalSign | undefined;
};

type Read = Pick<Csv, 'form' | 'columns' | 'fields'>;
/** `read`: once it is. */
type Chosen = { readonly file: File | null; readonly read?: Read };

type Prepared = {
  readonly content: Blob;
  readonly media: string;
  readonly decimal: DecimalSign;
  /** undefined: not counted yet. */
  readonly rows: number | undefined;
};

/** @param onChange whatever was told of the file before is not true any more. */
export function useChosenFile(type: RecordType, onChange: () => void) {
  const [{ file, read }, setChosen] = useState<Chosen>({ file: null });
  const [chosenSign, setSign] = useState<DecimalSign>();
  const csv = read && withSign(type, read, chosenSign);
  const look = async (from: File, form: CsvForm): Promise<void> => {
    const columns = await columnsIn(from, form);
    const found = { file: from, read: { form, columns, fields: guessed(type, columns) } };
    setChosen((now) => (now.file === from ? found : now)); // another one may have been chosen meanwhile
  };
  const contentType = file === null ? undefined : mediaOf(file);
  return {
    file,
    csv,
    contentType,
    async choose(chosen: File | null): Promise<void> {
      onChange();
      setChosen({ file: chosen });
      setSign(undefined);
      if (chosen !== null && mediaOf(chosen) === media.csv) await look(chosen, await formOf(chosen));
    },
    async partBy(delimiter: Delimiter): Promise<void> {
      onChange();
      if (file !== null && read !== undefined) await look(file, { ...read.form, delimiter });
    },
    match(fields: FieldsOfColumns): void {
      onChange();
      if (read !== undefined) setChosen({ file, read: { ...read, fields } });
    },
    say(sign: DecimalSign): void {
      onChange();
      setSign(sign);
    },
    /** As the API takes it. */
    async prepared(): Promise<Prepared> {
      if (file === null || contentType === undefined) throw new Error('No file is chosen.');
      if (csv === undefined) return { content: file, media: contentType, decimal: 'point', rows: undefined };
      const written = await withColumns(file, csv.form, namesOf(csv));
      return { ...written, media: contentType, decimal: csv.sign ?? 'point' };
    },
  };
}

/** By this column the server knows that text has apostrophes before it, which are none of its own. */
const spreadsheetColumn = '_spreadsheet';

const namesOf = ({ columns, fields }: Csv): (string | undefined)[] =>
  columns.map(({ name }, place) => fields[place] ?? (name === spreadsheetColumn ? name : undefined));

function withSign(type: RecordType, read: Read, chosen: DecimalSign | undefined): Csv {
  const numbers = read.columns.flatMap((column, place) =>
    isOfNumbers(type, read.fields[place]) ? column.numbers : [],
  );
  return { ...read, numbers, sign: chosen ?? likelySign(numbers, read.form.delimiter) };
}
