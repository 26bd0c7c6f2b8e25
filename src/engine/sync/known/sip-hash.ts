/**
 * SipHash-1-3 with its 128-bit result, as a WebAssembly module of one function that is put together here from its instructions.
 * JavaScript has no fast 64-bit integers, and takes eight times as long for HalfSipHash, which needs none.
 */
const opcode = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  get: 0x20,
  set: 0x21,
  i64Load: 0x29,
  i64Store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Equal: 0x46,
  i32Add: 0x6a,
  i32Subtract: 0x6b,
  i32And: 0x71,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64ShiftLeft: 0x86,
  i64RotateLeft: 0x89,
  i64OfUnsigned32: 0xad,
} as const;
const [i32, i64, noResult, exportsFunction, exportsMemory] = [0x7f, 0x7e, 0x40, 0, 2];

type Code = readonly number[];

function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): number[] {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  const isLast = rest === (low & 0x40 ? -1n : 0n);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

const int32 = (value: number): Code => [opcode.i32Const, ...signed(BigInt(value))];
const int64 = (value: bigint): Code => [opcode.i64Const, ...signed(BigInt.asIntN(64, value))];
const get = (local: number): Code => [opcode.get, local];
const set = (local: number, value: Code): Code => [...value, opcode.set, local];
const unaligned = [0, 0];

/** Two parameters, then locals. The bytes lie in memory from `at` to `end`; up to eight behind them are read, and do not count. */
const [at, end, k0, k1, v0, v1, v2, v3, word, lastByte, whole] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

const xor = (local: number, value: Code): Code => set(local, [...get(local), ...value, opcode.i64Xor]);
const add = (local: number, other: number): Code => set(local, [...get(local), ...get(other), opcode.i64Add]);
const rotate = (local: number, bits: bigint): Code => set(local, [...get(local), ...int64(bits), opcode.i64RotateLeft]);

const round: Code = [
  ...[add(v0, v1), rotate(v1, 13n), xor(v1, get(v0)), rotate(v0, 32n)],
  ...[add(v2, v3), rotate(v3, 16n), xor(v3, get(v2))],
  ...[add(v0, v3), rotate(v3, 21n), xor(v3, get(v0))],
  ...[add(v2, v1), rotate(v1, 17n), xor(v1, get(v2)), rotate(v2, 32n)],
].flat();
const threeRounds = [...round, ...round, ...round];

const absorb: Code = [...xor(v3, get(word)), ...round, ...xor(v0, get(word))];
const length = [...get(end), ...get(at), opcode.i32Subtract];
const bytesLeft = [...get(end), ...get(whole), opcode.i32Subtract];

/** Of the last eight bytes those before the end, as a mask. */
const maskOfLeft = [
  ...int64(1n),
  ...[...bytesLeft, opcode.i64OfUnsigned32, ...int64(3n), opcode.i64ShiftLeft],
  ...[opcode.i64ShiftLeft, ...int64(1n), opcode.i64Subtract],
];

const store = (place: number): Code => [
  ...int32(place),
  ...[...get(v0), ...get(v1), opcode.i64Xor, ...get(v2), opcode.i64Xor, ...get(v3), opcode.i64Xor],
  ...[opcode.i64Store, ...unaligned],
];

/** The result, then the key, lie before the bytes. */
const [resultPlace, keyPlace, bytesPlace] = [0, 16, 32] as const;
const load = (place: number): Code => [...int32(place), opcode.i64Load, ...unaligned];

const body: Code = [
  ...set(k0, load(keyPlace)),
  ...set(k1, load(keyPlace + 8)),
  ...set(v0, [...get(k0), ...int64(0x736f6d6570736575n), opcode.i64Xor]),
  ...set(v1, [...get(k1), ...int64(0x646f72616e646f6dn ^ 0xeen), opcode.i64Xor]),
  ...set(v2, [...get(k0), ...int64(0x6c7967656e657261n), opcode.i64Xor]),
  ...set(v3, [...get(k1), ...int64(0x7465646279746573n), opcode.i64Xor]),
  ...set(lastByte, [...length, opcode.i64OfUnsigned32, ...int64(56n), opcode.i64ShiftLeft]),
  ...set(whole, [...get(end), ...length, ...int32(7), opcode.i32And, opcode.i32Subtract]),
  ...[opcode.block, noResult, opcode.loop, noResult],
  ...[...get(at), ...get(whole), opcode.i32Equal, opcode.brIf, 1],
  ...set(word, [...get(at), opcode.i64Load, ...unaligned]),
  ...absorb,
  ...set(at, [...get(at), ...int32(8), opcode.i32Add]),
  ...[opcode.br, 0, opcode.end, opcode.end],
  ...set(word, [
    ...[...get(whole), opcode.i64Load, ...unaligned, ...maskOfLeft, opcode.i64And],
    ...[...get(lastByte), opcode.i64Or],
  ]),
  ...absorb,
  ...[...xor(v2, int64(0xeen)), ...threeRounds, ...store(resultPlace)],
  ...[...xor(v1, int64(0xddn)), ...threeRounds, ...store(resultPlace + 8)],
  opcode.end,
];

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const named = (name: string, kind: number): number[] => [
  ...vector([...Buffer.from(name)].map((one) => [one])),
  kind,
  0,
];
const locals = vector([
  [8, i64],
  [1, i32],
]);
const code = [...locals, ...body];

const module = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, vector([[0x60, ...vector([[i32], [i32]]), 0]])),
  ...section(3, vector([[0]])),
  ...section(5, vector([[0, 1]])),
  ...section(7, vector([named('memory', exportsMemory), named('hash', exportsFunction)])),
  ...section(10, vector([[...unsigned(code.length), ...code]])),
]);

/** Of the global that TypeScript knows from browsers only. */
type Instance = {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    readonly hash: (at: number, end: number) => void;
  };
};
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object; Instance: new (module: object) => Instance };

const compiled = new WebAssembly.Module(module);

const pageBytes = 65_536;

export class SipHash {
  readonly #exports = new WebAssembly.Instance(compiled).exports;
  #memory = new Uint8Array(this.#exports.memory.buffer);
  #result = new Int32Array(this.#exports.memory.buffer, resultPlace, 4);

  /** @param key of 16 bytes. */
  constructor(key: Buffer) {
    this.#memory.set(key, keyPlace);
  }

  /** Takes bytes whose parts will be hashed. They are copied: the function sees nothing but its own memory. */
  load(bytes: Buffer): void {
    const missing = bytesPlace + bytes.length + 8 - this.#memory.length;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / pageBytes));
      this.#memory = new Uint8Array(this.#exports.memory.buffer);
      this.#result = new Int32Array(this.#exports.memory.buffer, resultPlace, 4);
    }
    this.#memory.set(bytes, bytesPlace);
  }

  /** Hashes a part of what was loaded last. @returns the 128 bits of the result, valid until the next call. */
  hash(start: number, end: number): Int32Array {
    this.#exports.hash(bytesPlace + start, bytesPlace + end);
    return this.#result;
  }
}
