import { describe, expect, it, vi } from 'vitest';
import { demoServer } from '../test-client.ts';

describe('a list that no index answers', async () => {
  const { call, hub } = await demoServer();

  it('is given ten seconds, and then a problem of its own, which says what to do', async () => {
    const message = 'Make the field filterable in the schema: notes.';
    const list = vi.spyOn(hub, 'list').mockResolvedValueOnce({ kind: 'list_rejected', parameter: 'patience', message });
    const { status, body } = await call('GET', '/v1/records/contact?filter[name]=x');
    expect([status, body.violations]).toEqual([422, [{ code: 'list_too_slow', path: null, message }]]);
    expect(list).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ patienceMs: 10_000 }));
    list.mockRestore();
  });
});
