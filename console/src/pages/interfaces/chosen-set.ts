/** The set that is to be uploaded: a file, or what was typed; its format, and in which form it is written. */
import { useState } from 'react';
import type { RecordType } from '../../api/catalogue.ts';
import type { SentSet } from '../../api/interfaces.ts';
import { own } from '../../api/own.ts';
import { type Column, columnsIn, withColumns } from '../../csv/columns.ts';
import { type DecimalSign, likelySign } from '../../csv/decimal-sign.ts';
import { guessed } from '../../csv/fields-of-columns.ts';
import { type CsvForm, type Delimiter, formOf } from '../../csv/form.ts';
import { isOfNumbers } from '../../csv/number-fields.ts';
import { setFormOf } from './set-form.ts';

const formats: Readonly<Record<string, Format>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  xml: 'xml',
};
type Format = 'json' | 'ndjson' | 'csv' | 'xml';

const media: Readonly<Record<Format, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  xml: 'application/xml',
};

export const endings = Object.keys(formats);

const formatOf = ({ name }: File): Format | undefined =>
  own(formats, name.slice(name.lastIndexOf('.') + 1).toLowerCase());

type Read = {
  readonly form?: 'relatics' | undefined;
  readonly csv?: { readonly form: CsvForm; readonly columns: readonly Column[] };
};

type Chosen = { readonly file: File | null; readonly read: Read };

/** No form is told by more than this of a file. */
const bytesLookedAt = 4_096;

async function lookInto(file: File, format: Format): Promise<Read> {
  if (format === 'csv') {
    const form = await formOf(file);
    return { csv: { form, columns: await columnsIn(file, form) } };
  }
  if (format === 'ndjson') return {};
  const { encoding } = await formOf(file);
  const text = new TextDecoder(encoding).decode(await file.slice(0, bytesLookedAt).arrayBuffer());
  return { form: setFormOf(text, format) };
}

/** @param onChange whatever was told of the set before is not true any more. */
export function useChosenSet(type: RecordType | undefined, onChange: () => void) {
  const [{ file, read }, setChosen] = useState<Chosen>({ file: null, read: {} });
  const [text, setText] = useState('');
  const [chosenSign, setSign] = useState<DecimalSign>();
  const format = file === null ? 'json' : formatOf(file);
  const form = file === null ? setFormOf(text, 'json') : read.form;
  const columns = read.csv?.columns ?? [];
  const names = namesOf(type, columns);
  const numbers = columns.flatMap((column, place) => (isOfNumbers(type, names[place]) ? column.numbers : []));
  const sign = chosenSign ?? likelySign(numbers, read.csv?.form.delimiter ?? ',');
  /** Another one may have been chosen meanwhile. */
  const found = (from: File, its: Read): void =>
    setChosen((now) => (now.file === from ? { file: from, read: its } : now));
  const isThere =
    file === null ? text.trim() !== '' : format !== undefined && (format !== 'csv' || read.csv !== undefined);
  return {
    file,
    text,
    format,
    form,
    csv: read.csv,
    /** Columns that are called by the label of a field, and are sent by its key. */
    renamed: columns.filter(({ name }, place) => name !== names[place]).map(({ name }) => name),
    numbers,
    sign,
    isReady: isThere && (read.csv === undefined || sign !== undefined),
    async choose(chosen: File | null): Promise<void> {
      onChange();
      setChosen({ file: chosen, read: {} });
      setSign(undefined);
      const its = chosen === null ? undefined : formatOf(chosen);
      if (chosen !== null && its !== undefined) found(chosen, await lookInto(chosen, its));
    },
    write(written: string): void {
      onChange();
      setText(written);
    },
    async partBy(delimiter: Delimiter): Promise<void> {
      onChange();
      if (file === null || read.csv === undefined) return;
      const parted = { ...read.csv.form, delimiter };
      found(file, { csv: { form: parted, columns: await columnsIn(file, parted) } });
    },
    say(chosen: DecimalSign): void {
      onChange();
      setSign(chosen);
    },
    /** As the API takes it. */
    async prepared(): Promise<SentSet> {
      const as = { type: media[format ?? 'json'], ...(form && { form }), ...(sign && { decimal: sign }) };
      if (file === null) return { content: text, ...as };
      return { content: read.csv === undefined ? file : await asTheApiHasIt(file, read.csv, names), ...as };
    },
  };
}

async function asTheApiHasIt(
  file: File,
  { form, columns }: { readonly form: CsvForm; readonly columns: readonly Column[] },
  names: readonly string[],
): Promise<Blob> {
  const isSo = columns.every(({ name }, place) => name === names[place]);
  if (isSo && form.encoding === 'utf-8' && form.delimiter === ',' && form.skipped === 0) return file;
  return (await withColumns(file, form, names)).content;
}

/** A spreadsheet has the labels of fields above its columns; what is called like none, a relation perhaps, keeps its name. */
function namesOf(type: RecordType | undefined, columns: readonly Column[]): string[] {
  const fields = type === undefined ? [] : guessed(type, columns);
  return columns.map(({ name }, place) => fields[place] ?? name);
}
