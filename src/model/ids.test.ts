import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeId, guidOf, guidPattern, type IdKind, ulidOf, ulidPattern, workspaceId } from './ids.ts';

const kind = fc.constantFrom<IdKind>('record', 'link', 'run');
const workspace = fc.oneof(fc.integer({ min: 1, max: 2 ** 30 - 1 }), fc.constantFrom(1, 2 ** 30 - 1)).map(workspaceId);
const number = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 48 - 1 }),
  fc.constantFrom(1, 2 ** 48 - 1, 2 ** 32, 2 ** 32 - 1),
);

describe('an id', () => {
  it('gives back the kind, workspace and number that it was made of, as GUID and as ULID, in either case', () => {
    fc.assert(
      fc.property(kind, workspace, number, (of, within, n) => {
        const expected = { kind: of, workspace: within, number: n };
        const [guid, ulid] = [guidOf(of, within, n), ulidOf(of, within, n)];
        expect(decodeId(guid)).toEqual(expected);
        expect(decodeId(guid.toUpperCase())).toEqual(expected);
        expect(decodeId(ulid)).toEqual(expected);
        expect(decodeId(ulid.toLowerCase())).toEqual(expected);
      }),
    );
  });

  it('is a UUID of version 8 in lower case, and a ULID in upper case', () => {
    fc.assert(
      fc.property(kind, workspace, number, (of, within, n) => {
        expect(guidOf(of, within, n)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(ulidOf(of, within, n)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      }),
    );
  });

  it('is the same 128 bits in both forms', () => {
    const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    fc.assert(
      fc.property(kind, workspace, number, (of, within, n) => {
        const bits = [...ulidOf(of, within, n)].reduce(
          (sum, letter) => sum * 32n + BigInt(crockford.indexOf(letter)),
          0n,
        );
        expect(bits).toBe(BigInt(`0x${guidOf(of, within, n).replaceAll('-', '')}`));
      }),
    );
  });

  it('sorts as the numbers do', () => {
    fc.assert(
      fc.property(kind, workspace, number, number, (of, within, a, b) => {
        expect(guidOf(of, within, a) < guidOf(of, within, b)).toBe(a < b);
        expect(ulidOf(of, within, a) < ulidOf(of, within, b)).toBe(a < b);
      }),
    );
  });

  it('is another one for every kind, workspace and number', () => {
    fc.assert(
      fc.property(kind, kind, workspace, workspace, number, number, (kindA, kindB, inA, inB, a, b) => {
        const same = kindA === kindB && inA === inB && a === b;
        expect(guidOf(kindA, inA, a) === guidOf(kindB, inB, b)).toBe(same);
      }),
    );
  });
});

describe('a text that is not an id of ours', () => {
  const notOurs = (text: string): void => {
    expect(decodeId(text)).toBeUndefined();
  };

  it('is any GUID of another maker, of any version', () => {
    fc.assert(fc.property(fc.uuid(), notOurs));
    fc.assert(fc.property(fc.uuid({ version: 8 }), notOurs));
    for (const guid of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) notOurs(guid);
  });

  it('is any ULID of another maker', () => {
    fc.assert(fc.property(fc.ulid(), notOurs));
  });

  it('is one of ours with any single bit turned', () => {
    fc.assert(
      fc.property(kind, workspace, number, fc.integer({ min: 0, max: 127 }), (of, within, n, bit) => {
        const turned = BigInt(`0x${guidOf(of, within, n).replaceAll('-', '')}`) ^ (1n << BigInt(bit));
        const hex = turned.toString(16).padStart(32, '0');
        notOurs([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
      }),
    );
  });

  it('is any other text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), notOurs));
    const [guid, ulid] = [guidOf('record', workspaceId(1), 7), ulidOf('record', workspaceId(1), 7)];
    const wrong = [
      `{${guid}}`,
      `${guid}\n`,
      ` ${guid}`,
      guid.replaceAll('-', ''),
      `8${ulid.slice(1)}`,
      `${ulid} `,
      `${ulid}\n`,
    ];
    for (const text of ['', '5001', ...wrong]) {
      notOurs(text);
      expect(guidPattern.test(text) || ulidPattern.test(text)).toBe(false);
    }
  });
});
