/** Thrown by whoever reads a body that is no complete set, an element without a key for example. Nothing of such a set is written. */
import type { SetFault } from '../../../model/runs.ts';

export class MalformedSet extends Error {
  readonly faults: readonly [SetFault, ...SetFault[]];

  /** @param behind further faults of the same body. */
  constructor(path: string | null, message: string, behind: readonly SetFault[] = []) {
    super(message);
    this.faults = [{ path, message }, ...behind];
  }

  /** As a failed run says it, a line for each. */
  get inWords(): string {
    return this.faults.map(({ path, message }) => (path === null ? message : `${path}: ${message}`)).join('\n');
  }
}
