/** The compiled schemas of workspaces, kept in memory and checked against the stored version. */
import type { Catalogue } from '../model/catalogue.ts';
import type { WorkspaceId } from '../model/ids.ts';
import type { Database } from '../store/postgres/database.ts';
import { readSchema, readSchemaVersion } from '../store/schemas.ts';
import { compileCatalogue } from './schema/compile.ts';

/** How long a schema that another server changed may still be read by the old one. Writes never are: each batch checks. */
const recheckMs = 250;

type Entry = { catalogue: Catalogue; checkedAt: number; checking: Promise<Catalogue> | null };

export class Catalogues {
  readonly #database: Database;
  readonly #entries = new Map<WorkspaceId, Entry>();
  readonly #loading = new Map<WorkspaceId, Promise<Catalogue>>();

  constructor(database: Database) {
    this.#database = database;
  }

  get(workspace: WorkspaceId): Promise<Catalogue> | Catalogue {
    const entry = this.#entries.get(workspace);
    if (entry === undefined) return this.#load(workspace);
    if (performance.now() - entry.checkedAt < recheckMs) return entry.catalogue;
    entry.checking ??= this.#check(workspace, entry).finally(() => {
      entry.checking = null;
    });
    return entry.checking;
  }

  put(catalogue: Catalogue): void {
    const known = this.#entries.get(catalogue.workspace)?.catalogue;
    if (known !== undefined && known.version > catalogue.version) return;
    this.#entries.set(catalogue.workspace, { catalogue, checkedAt: performance.now(), checking: null });
  }

  /** What is being read at this moment may be the old one too. */
  drop(workspace: WorkspaceId): void {
    this.#entries.delete(workspace);
    this.#loading.delete(workspace);
  }

  async #check(workspace: WorkspaceId, entry: Entry): Promise<Catalogue> {
    const version = await this.#database.inWorkspace(workspace, (tx) => readSchemaVersion(tx, workspace));
    if (version !== entry.catalogue.version) return this.#load(workspace);
    entry.checkedAt = performance.now();
    return entry.catalogue;
  }

  #load(workspace: WorkspaceId): Promise<Catalogue> {
    const loading = this.#loading.get(workspace);
    if (loading !== undefined) return loading;
    const load = this.#read(workspace).finally(() => {
      if (this.#loading.get(workspace) === load) this.#loading.delete(workspace);
    });
    this.#loading.set(workspace, load);
    return load;
  }

  async #read(workspace: WorkspaceId): Promise<Catalogue> {
    const stored = await this.#database.inWorkspace(workspace, (tx) => readSchema(tx, workspace));
    if (stored === undefined) throw new Error(`Workspace ${workspace} has no schema`);
    const catalogue = compileCatalogue(workspace, stored);
    this.put(catalogue);
    return catalogue;
  }
}
