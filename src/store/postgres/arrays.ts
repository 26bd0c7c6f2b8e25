/**
 * Arrays as PostgreSQL's binary parameters. The driver would write them as text, element by element with escapes: measured, 9.7 us for
 * the nine columns of a record of 300 bytes where this takes 2.1, and the server would have to parse it again.
 * Layout: dimensions, has-nulls, element type, length, lower bound; then of each element its length (-1: null) and its bytes.
 */

const headerBytes = 20;
/** Object ids of PostgreSQL's built-in types. */
const oid = { bytea: 17, int4: 23, int8: 20, text: 25, float8: 701, jsonb: 3802, timestamptz: 1184 };

function startArray(type: number, length: number, bodyBytes: number, hasNulls: boolean): Buffer {
  if (length === 0) {
    const empty = Buffer.alloc(12);
    empty.writeInt32BE(type, 8);
    return empty;
  }
  const buffer = Buffer.allocUnsafe(headerBytes + bodyBytes);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNulls ? 1 : 0, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}

const countNulls = (values: readonly unknown[]): number => {
  let nulls = 0;
  for (const value of values) if (value === null) nulls++;
  return nulls;
};

export function int4Array(values: readonly (number | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = startArray(oid.int4, values.length, values.length * 8 - nulls * 4, nulls > 0);
  let at = headerBytes;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
    } else {
      at = buffer.writeInt32BE(4, at);
      at = buffer.writeInt32BE(value, at);
    }
  }
  return buffer;
}

/** Of integers that a double holds exactly. */
export function int8Array(values: readonly (number | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = startArray(oid.int8, values.length, values.length * 12 - nulls * 8, nulls > 0);
  let at = headerBytes;
  for (const value of values) at = writeInt8Element(buffer, value, at);
  return buffer;
}

export function float8Array(values: readonly (number | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = startArray(oid.float8, values.length, values.length * 12 - nulls * 8, nulls > 0);
  let at = headerBytes;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : 8, at);
    if (value !== null) at = buffer.writeDoubleBE(value, at);
  }
  return buffer;
}

const word = 0x1_0000_0000;

/** @param factor of the value, so small that the product of it and 32 bits is exact. */
function writeInt8Element(buffer: Buffer, value: number | null, at: number, factor = 1): number {
  if (value === null) return buffer.writeInt32BE(-1, at);
  const high = Math.floor(value / word);
  const low = (value - high * word) * factor;
  const carry = Math.floor(low / word);
  buffer.writeInt32BE(8, at);
  buffer.writeInt32BE(high * factor + carry, at + 4);
  buffer.writeUInt32BE(low - carry * word, at + 8);
  return at + 12;
}

/** PostgreSQL counts microseconds from 2000-01-01. */
const epoch = Date.UTC(2000, 0, 1);

export function timestampArray(values: readonly (Date | null)[]): Buffer {
  const nulls = countNulls(values);
  const buffer = startArray(oid.timestamptz, values.length, values.length * 12 - nulls * 8, nulls > 0);
  let at = headerBytes;
  for (const value of values) at = writeInt8Element(buffer, value === null ? null : value.getTime() - epoch, at, 1000);
  return buffer;
}

export const textArray = (values: readonly (string | null)[]): Buffer => stringArray(oid.text, values, 0);

/** Of values as JSON text, each with the version byte that jsonb's binary form begins with. */
export const jsonbArray = (values: readonly (string | null)[]): Buffer => stringArray(oid.jsonb, values, 1);

/** @param versionBytes 1 where each element begins with the number of its format, which is 1. */
function stringArray(type: number, values: readonly (string | null)[], versionBytes: 0 | 1): Buffer {
  let bytes = 0;
  let hasNulls = false;
  for (const value of values) {
    if (value === null) hasNulls = true;
    else bytes += versionBytes + Buffer.byteLength(value);
  }
  const buffer = startArray(type, values.length, values.length * 4 + bytes, hasNulls);
  let at = headerBytes;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    if (versionBytes === 1) buffer[at + 4] = 1;
    const length = versionBytes + buffer.write(value, at + 4 + versionBytes);
    buffer.writeInt32BE(length, at);
    at += 4 + length;
  }
  return buffer;
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  const nulls = countNulls(values);
  const bytes = values.reduce((sum, value) => sum + 4 + (value?.length ?? 0), 0);
  const buffer = startArray(oid.bytea, values.length, bytes, nulls > 0);
  let at = headerBytes;
  for (const value of values) {
    at = buffer.writeInt32BE(value?.length ?? -1, at);
    if (value !== null) at += value.copy(buffer, at);
  }
  return buffer;
}
