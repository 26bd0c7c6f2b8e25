/** Which elements of a run are kept as their sender wrote them: all that were refused or have an issue, and the first that changed something. */
import type { ElementKind } from '../../../model/runs.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import { insertElements, type RunElement } from '../../../store/sync/run-elements.ts';

const mostChanged = 10_000;
/** Of a longer one only the key and what became of it. */
const mostCharacters = 65_536;

/** What is kept of one. */
export const keptElement = (element: RunElement): RunElement =>
  (element.source ?? '').length > mostCharacters ? { ...element, source: null } : element;

/** Of the elements that were judged. Those that were passed over as they came before are unchanged, and not seen here. */
export class KeptElements {
  readonly #tx: Transaction;
  readonly #workspace: number;
  readonly #run: number;
  readonly #keepsAll: boolean;
  #chunk: RunElement[] = [];
  #changed = 0;

  constructor(tx: Transaction, workspace: number, run: number, keepsAll: boolean) {
    this.#keepsAll = keepsAll;
    this.#tx = tx;
    this.#workspace = workspace;
    this.#run = run;
  }

  note(element: RunElement, hasIssue: boolean): void {
    if (!hasIssue && !this.#keepsAll && !this.#isToBeSeen(element.outcome)) return;
    this.#chunk.push(keptElement(element));
  }

  #isToBeSeen(outcome: ElementKind): boolean {
    if (outcome === 'unchanged') return false;
    return outcome === 'rejected' || outcome === 'superseded' || this.#changed++ < mostChanged;
  }

  /** One statement for a chunk, and none where nothing of it is kept. */
  store(): void {
    if (this.#chunk.length > 0) insertElements(this.#tx, this.#workspace, this.#run, this.#chunk);
    this.#chunk = [];
  }
}
