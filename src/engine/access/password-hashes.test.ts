import { describe, expect, it } from 'vitest';
import { workspaceId } from '../../model/ids.ts';
import { PasswordHashes } from './password-hashes.ts';

const from = '192.0.2.1';
const workspace = workspaceId(1);

describe('the hash of a password', () => {
  it('is dear to guess at unless it is said otherwise, and another one each time', async () => {
    const hashes = new PasswordHashes();
    const [one, again] = await Promise.all([hashes.make('right', workspace), hashes.make('right', workspace)]);
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(again).not.toBe(one);
    expect(await hashes.isOf(one, 'right', from)).toBe(true);
    expect(await hashes.isOf(one, 'wrong', from)).toBe(false);
  });

  it('is looked at by the cost that it was made with', async () => {
    const kept = await new PasswordHashes({ N: 2, r: 1, p: 1 }).make('r\u00e9ght', workspace);
    expect(kept).toMatch(/^scrypt\$2\$1\$1\$/);
    expect(await new PasswordHashes().isOf(kept, 're\u0301ght', from)).toBe(true);
  });

  it('is none of nobody’s, whatever is said', async () => {
    expect(await new PasswordHashes().isOf(null, '', from)).toBe(false);
  });
});
