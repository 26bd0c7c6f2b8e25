import { EventEmitter } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/fresh-database.ts';
import { type Database, DatabaseUnavailable, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { type RawRow, tapRows } from './raw-rows.ts';

const valuesIn = ({ bytes, starts, ends }: RawRow): (string | null)[] =>
  starts.map((start, column) => (start < 0 ? null : bytes.toString('utf8', start, ends[column])));

describe('rows that are taken as they come', () => {
  let fresh: FreshDatabase;
  let database: Database;

  beforeAll(async () => {
    fresh = await freshDatabase();
    await migrate({ connectionString: fresh.url });
    database = openDatabase({ connection: { connectionString: fresh.url }, maxConnections: 1 });
  });
  afterAll(async () => {
    await database.close();
    await fresh.drop();
  });

  const read = async (text: string, values: readonly unknown[] = []): Promise<(string | null)[][]> => {
    const rows: (string | null)[][] = [];
    await database.global((tx) => tx.read(text, values, (row) => rows.push(valuesIn(row))));
    return rows;
  };

  it('have their values as text, whatever their length, and null apart from what is empty', async () => {
    const rows = await read(
      `select n, repeat('é', n * $1::int), nullif(n, 2), '', null from generate_series(1, 4) n`,
      [50_000],
    );
    expect(rows).toEqual([1, 2, 3, 4].map((n) => [`${n}`, 'é'.repeat(n * 50_000), n === 2 ? null : `${n}`, '', null]));
  });

  it('are all there, and the connection serves for other statements before and behind', async () => {
    await database.global(async (tx) => {
      expect(await tx.query('select 1 as one')).toEqual([{ one: 1 }]);
      let count = 0;
      await tx.read(`select n, repeat('x', n % 700) from generate_series(1, 20000) n`, [], () => count++);
      expect(count).toBe(20_000);
      expect(await tx.query('select 2 as two')).toEqual([{ two: 2 }]);
    });
    expect(await read('select 1 where false')).toEqual([]);
  });

  it('fail with the statement, when it fails among them, or with whoever takes them', async () => {
    await expect(read('select 10 / (3 - n) from generate_series(1, 5) n')).rejects.toMatchObject({ code: '22012' });
    const refusal = new Error('not this one');
    const refused = database.global((tx) =>
      tx.read('select generate_series(1, 5)', [], () => {
        throw refusal;
      }),
    );
    await expect(refused).rejects.toBe(refusal);
    expect(await read('select 3')).toEqual([['3']]);
  });

  it('fail with their connection, and the next one serves', async () => {
    const observer = new pg.Client({ connectionString: fresh.url });
    await observer.connect();
    const lost = database.global(async (tx) => {
      const [session] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      setTimeout(() => void observer.query('select pg_terminate_backend($1)', [session?.pid]), 200);
      await tx.read(
        'select n, pg_sleep(case n when 5000 then 20 else 0 end) from generate_series(1, 9000) n',
        [],
        () => {},
      );
    });
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await read('select 4')).toEqual([['4']]);
    await observer.end();
  });

  it('go to whom they are for, where statements are sent together', async () => {
    const [one, two] = [[], []] as string[][];
    const asked = await database.global((tx) =>
      Promise.all([
        tx.read('select 1 from generate_series(1, 2)', [], (row) => one?.push(`${valuesIn(row)}`)),
        tx.query('select 3 as three'),
        tx.read('select 2 from generate_series(1, 3)', [], (row) => two?.push(`${valuesIn(row)}`)),
      ]),
    );
    expect([one, asked[1], two]).toEqual([['1', '1'], [{ three: 3 }], ['2', '2', '2']]);
  });
});

describe('a tap', () => {
  const message = (code: string, body: Buffer): Buffer => {
    const head = Buffer.from(`${code}0000`);
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const rowOf = (value: string): Buffer => {
    const head = Buffer.alloc(6);
    head.writeInt16BE(1);
    head.writeInt32BE(value.length, 2);
    return message('D', Buffer.concat([head, Buffer.from(value)]));
  };

  it('hands the driver whole messages in their order, wherever they are cut, and lets go at the end', () => {
    const sent = Buffer.concat([
      message('2', Buffer.alloc(0)),
      rowOf('one'),
      rowOf('another'),
      message('C', Buffer.from('SELECT 2\0')),
      rowOf('not mine'),
      message('Z', Buffer.from('I')),
      message('S', Buffer.from('behind')),
    ]);
    for (let size = 1; size <= sent.length; size++) {
      const stream = new EventEmitter();
      const codes: string[] = [];
      const taken: (string | null)[] = [];
      let isMine = true;
      let behind = Buffer.alloc(0);
      stream.on('data', (bytes: Buffer) => {
        const code = bytes.toString('latin1', 0, 1);
        if (codes.at(-1) === 'Z') behind = Buffer.concat([behind, bytes]);
        else codes.push(code);
        if (code === 'C') isMine = false;
        if (code === 'Z') untap?.();
      });
      const untap = tapRows(stream, () => (isMine ? (row) => taken.push(...valuesIn(row)) : undefined));
      expect(
        tapRows(stream, () => undefined),
        'a second one',
      ).toBeUndefined();
      for (let at = 0; at < sent.length; at += size) stream.emit('data', sent.subarray(at, at + size));
      expect(codes, `${size}`).toEqual(['2', 'C', 'D', 'Z']);
      expect(taken).toEqual(['one', 'another']);
      expect(behind).toEqual(message('S', Buffer.from('behind')));
    }
  });

  it('leaves what is behind to the next one, which may begin while the last message is handled', () => {
    const behind = [message('N', Buffer.from('of nobody')), message('S', Buffer.from('neither'))];
    const sent = Buffer.concat([message('Z', Buffer.from('I')), ...behind, rowOf('of the next')]);
    for (let size = 1; size <= sent.length; size++) {
      const stream = new EventEmitter();
      const codes: string[] = [];
      const [first, next]: [string[], (string | null)[]] = [[], []];
      stream.on('data', (bytes: Buffer) => {
        codes.push(bytes.toString('latin1', 0, 1));
        if (codes.length > 1) return;
        untap?.();
        tapRows(stream, () => (row) => next.push(...valuesIn(row)));
      });
      const untap = tapRows(stream, () => (row) => first.push(`${valuesIn(row)}`));
      for (let at = 0; at < sent.length; at += size) stream.emit('data', sent.subarray(at, at + size));
      expect([codes, first, next], `${size}`).toEqual([['Z', 'N', 'S'], [], ['of the next']]);
    }
  });
});
