/**
 * Rows as the bytes that PostgreSQL sends: of an answer with a million rows, none may cost an object. The driver makes an array and text of
 * each, so rows are taken from the socket before it; every other message is handed to it.
 */
import type { EventEmitter } from 'node:events';

/** Each row in the place of the one before: whoever takes it copies what is to stay. */
export type RawRow = {
  readonly bytes: Buffer;
  /** Where the value of each column begins in `bytes`, as text; -1 where it is null. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
};

export type TakeRow = (row: RawRow) => void;

const dataRow = 0x44; // 'D'
/** A code, and a length that counts itself. */
const headerBytes = 5;

const tapped = new WeakSet<EventEmitter>();

/**
 * Begins where a message does: behind the end of an answer PostgreSQL (from 14 on) sends nothing before it is asked, to one who listens to
 * no channel, but why it closes the connection. So the driver has no part of a message whose rest would come here.
 * @param stream of a connection that has nothing else under way.
 * @param taker whose row comes next; undefined: the driver's.
 * @returns undoes it; undefined when rows of another statement are taken from the same connection.
 */
export function tapRows(stream: EventEmitter, taker: () => TakeRow | undefined): (() => void) | undefined {
  const [driver] = stream.listeners('data') as ((bytes: Buffer) => void)[];
  if (driver === undefined || tapped.has(stream)) return undefined;
  tapped.add(stream);
  const row = { bytes: Buffer.alloc(0), starts: [], ends: [] };
  /** A message that came in part: less than its header, or a buffer of its whole length. */
  let begun: Buffer | undefined;
  let filled = 0;
  let isOver = false;
  const handle = (bytes: Buffer, at: number, end: number): void => {
    const take = bytes[at] === dataRow ? taker() : undefined;
    if (take === undefined) driver(bytes.subarray(at, end));
    else take(readRow(row, bytes, at + headerBytes));
  };
  const listener = (arrived: Buffer): void => {
    let bytes = arrived;
    let at = 0;
    if (begun !== undefined && begun.length < headerBytes) {
      bytes = Buffer.concat([begun, arrived]);
    } else if (begun !== undefined) {
      at = arrived.copy(begun, filled);
      filled += at;
      if (filled < begun.length) return;
      handle(begun, 0, begun.length);
    }
    begun = undefined;
    while (!isOver && at + headerBytes <= bytes.length) {
      const length = 1 + bytes.readUInt32BE(at + 1);
      if (at + length > bytes.length) {
        begun = Buffer.allocUnsafe(length);
        filled = bytes.copy(begun, 0, at);
        return;
      }
      handle(bytes, at, at + length);
      at += length;
    }
    if (at === bytes.length) return;
    if (isOver)
      stream.emit('data', bytes.subarray(at)); // the driver's; or the next one's, which it may have begun with the last message
    else begun = bytes.subarray(at);
  };
  stream.removeListener('data', driver).on('data', listener);
  return () => {
    isOver = true;
    tapped.delete(stream);
    stream.removeListener('data', listener).on('data', driver);
  };
}

type Row = { bytes: Buffer; readonly starts: number[]; readonly ends: number[] };

function readRow(row: Row, bytes: Buffer, start: number): Row {
  row.bytes = bytes;
  const columns = bytes.readInt16BE(start);
  let at = start + 2;
  for (let column = 0; column < columns; column++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    row.starts[column] = length < 0 ? -1 : at;
    if (length > 0) at += length;
    row.ends[column] = at;
  }
  return row;
}

/** What a column has that holds whole numbers from 0. */
export function numberIn({ bytes, starts, ends }: RawRow, column: number): number {
  let number = 0;
  for (let at = starts[column] as number; at < (ends[column] as number); at++)
    number = number * 10 + (bytes[at] as number) - 0x30;
  return number;
}
