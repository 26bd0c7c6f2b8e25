import { describe, expect, it } from 'vitest';
import { nested } from './brackets.ts';

describe('arguments in brackets', () => {
  it.each<[string, object]>([
    ['a=1&b=x%20y', { a: '1', b: 'x y' }],
    ['a=1&a=2', { a: '2' }],
    ['a[b]=1&a[c][d]=2', { a: { b: '1', c: { d: '2' } } }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[10]=last&a[9]=first', { a: ['first', 'last'] }],
    ['a[0][x]=1&a[1][y]=2', { a: [{ x: '1' }, { y: '2' }] }],
    ['filter%5B0%5D%5Bname%5D%5B%24in%5D%5B%5D=A', { filter: [{ name: { $in: ['A'] } }] }],
    ['a[b]=1&a=2', { a: '2' }],
    ['a=2&a[b]=1', { a: { b: '1' } }],
    ['a[=1&b]=2&[c]=3&d[e]f=4', { 'a[': '1', 'b]': '2', '[c]': '3', 'd[e]f': '4' }],
    ['', {}],
  ])('%s', (query, value) => {
    expect(nested(query)).toEqual(value);
  });

  it('have no power over anything but themselves', () => {
    const parsed = nested('__proto__[x]=1&a[__proto__][x]=1&constructor[prototype][x]=1');
    expect(Object.keys(parsed)).toEqual(['__proto__', 'a', 'constructor']);
    expect(({} as { x?: string }).x).toBeUndefined();
  });

  it('are names as they stand where they are too deep', () => {
    const name = `a${'[b]'.repeat(1000)}`;
    expect(Object.keys(nested(`${name}=1`))).toEqual([name]);
  });

  it('are a thousand at most, and more are refused at once', () => {
    const list = (count: number) => Array.from({ length: count }, () => 'a[]=x').join('&');
    expect(nested(list(1000)).a).toHaveLength(1000);
    const started = performance.now();
    for (const count of [1001, 1_000_000]) expect(() => nested(list(count))).toThrow('at most 1000 arguments');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
