/** Work that must not be done twice at once is done in turn, on one server. */
export type InTurn = <T>(what: string, work: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (what, work) => {
    const before = last.get(what) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    last.set(what, mine);
    try {
      return await mine;
    } finally {
      if (last.get(what) === mine) last.delete(what);
    }
  };
}
