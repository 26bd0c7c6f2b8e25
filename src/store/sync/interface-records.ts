/** Which records each interface is responsible for, and the hash of the element that each was last made of. */
import { byteaArray, int4Array, int8Array } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';

/** Bytes of an element's hash. */
export const hashBytes = 12;

// Of more, the text would be an object that V8 collects late.
const chunkRows = 2_500;
const numberBytes = 8;
const rowBytes = numberBytes + hashBytes;

/** Entries of a number and a hash, packed: a million of them as objects would be ten times the size. */
export class PackedHashes {
  /** Not the Buffer, whose own readers look at what they are given each time, and take as long as all else that is done with an entry. */
  readonly #bytes: DataView;

  constructor(bytes: Buffer) {
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get length(): number {
    return this.#bytes.byteLength / rowBytes;
  }

  numberAt(index: number): number {
    const at = index * rowBytes;
    return this.#bytes.getUint32(at) * 0x1_0000_0000 + this.#bytes.getUint32(at + 4);
  }

  /** One of the hash's three words; all are 0 where no hash is known. */
  wordAt(index: number, word: number): number {
    return this.#bytes.getUint32(index * rowBytes + numberBytes + word * 4);
  }
}

/**
 * All records of an interface in the order of their numbers; some may have been deleted since. Without a join on record: right after a
 * first large set, before the tables were analysed, PostgreSQL chose a nested loop for it that took 140 s for 20,000 records.
 */
export async function* readInterfaceRecords(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
): AsyncGenerator<PackedHashes> {
  // While one chunk is looked at, the next is read: it is asked for before, which happens when this turn ends.
  let coming = readChunk(tx, workspace, interfaceId, 0);
  for (let chunk = await coming; chunk.length > 0; chunk = await coming) {
    coming = readChunk(tx, workspace, interfaceId, chunk.numberAt(chunk.length - 1));
    coming.catch(() => {}); // thrown where it is awaited
    await new Promise<void>(process.nextTick);
    yield chunk;
  }
}

async function readChunk(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  after: number,
): Promise<PackedHashes> {
  const [row] = await tx.query<{ packed: Buffer | null }>(
    {
      name: 'read_interface_records',
      text: `
        select string_agg(int8send(number) || coalesce(hash, '\\x000000000000000000000000'), ''::bytea) as packed
        from (select number, hash from interface_record where workspace_id = $1 and interface = $2 and number > $3
              order by number limit $4) r`,
    },
    [workspace, interfaceId, after, chunkRows],
  );
  return new PackedHashes(row?.packed ?? Buffer.alloc(0));
}

export type ElementRecord = { readonly number: number; readonly hash: Buffer | null };

/** Makes the interface responsible for these records, each at most once in the list. */
export function putInterfaceRecords(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  records: readonly ElementRecord[],
): void {
  tx.send(
    {
      name: 'put_interface_records',
      text: `
        insert into interface_record (workspace_id, interface, number, hash)
        select $1, $2, n.* from unnest($3::bigint[], $4::bytea[]) n
        on conflict (workspace_id, interface, number) do update set hash = excluded.hash
          where interface_record.hash is distinct from excluded.hash`,
    },
    [
      workspace,
      interfaceId,
      int8Array(records.map((record) => record.number)),
      byteaArray(records.map((record) => record.hash)),
    ],
  );
}

export function removeInterfaceRecords(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  numbers: readonly number[],
): void {
  tx.send(
    {
      name: 'remove_interface_records',
      text: `
        delete from interface_record using (
          select r.place from unnest($3::bigint[]) n (number) cross join lateral (
            select ctid as place from interface_record
            where workspace_id = $1 and interface = $2 and number = n.number offset 0) r
          offset 0) gone
        where interface_record.ctid = gone.place and interface_record.workspace_id = $1`,
    },
    [workspace, interfaceId, int8Array(numbers)],
  );
}

/** Whoever writes a record otherwise than by an interface's element makes the hash of that element untrue. */
export function clearHashes(
  tx: Sender,
  workspace: number,
  records: readonly { readonly interface: number; readonly number: number }[],
): void {
  tx.send(
    {
      name: 'clear_hashes',
      text: `
        update interface_record set hash = null from (
          select r.place from unnest($2::int[], $3::bigint[]) n (interface, number) cross join lateral (
            select ctid as place from interface_record
            where workspace_id = $1 and interface = n.interface and number = n.number and hash is not null offset 0) r
          offset 0) untrue
        where interface_record.ctid = untrue.place and interface_record.workspace_id = $1`,
    },
    [
      workspace,
      int4Array(records.map((record) => record.interface)),
      int8Array(records.map((record) => record.number)),
    ],
  );
}

/** The same for all records that are linked to these: their elements may name them by a key that they no longer have. */
export function clearHashesOfLinked(
  tx: Sender,
  workspace: number,
  interfaces: readonly number[],
  numbers: readonly number[],
): void {
  tx.send(
    {
      name: 'clear_hashes_of_linked',
      text: `
        update interface_record set hash = null from (
          select r.place from (
            select l.number from unnest($3::bigint[]) n (number) cross join lateral (
              select right_number as number from link where workspace_id = $1 and left_number = n.number
              order by left_number, link_type, link.number offset 0) l
            union
            select l.number from unnest($3::bigint[]) n (number) cross join lateral (
              select left_number as number from link where workspace_id = $1 and right_number = n.number
              order by right_number, link_type, link.number offset 0) l
          ) linked cross join unnest($2::int[]) i (interface) cross join lateral (
            select ctid as place from interface_record
            where workspace_id = $1 and interface = i.interface and number = linked.number and hash is not null offset 0) r
          offset 0) untrue
        where interface_record.ctid = untrue.place and interface_record.workspace_id = $1`,
    },
    [workspace, int4Array(interfaces), int8Array(numbers)],
  );
}
