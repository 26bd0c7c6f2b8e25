/** `keyway schema plan|apply|export` */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import type { Config } from '../config.ts';
import { fieldsFilling } from '../engine/schema/fill-index.ts';
import type { SchemaProblem } from '../engine/schema/plan.ts';
import type { SchemaDocument } from '../model/schema.ts';
import { CommandFailure, exitCodes, messageOf } from './failure.ts';
import { localCaller } from './local-caller.ts';
import { print } from './output.ts';
import { formatPlan, losses } from './plan-text.ts';
import { withHub } from './with-hub.ts';

type Options = { readonly workspace?: string; readonly allowLoss?: boolean };

/** @returns 2 when apply would change anything. */
export async function planSchema(config: Config, [file = '']: readonly string[], options: Options): Promise<number> {
  const document = await readDocument(file);
  const plan = await withHub(config, async (hub) =>
    hub.planSchema(await localCaller(hub, options.workspace), () => document),
  );
  switch (plan.kind) {
    case 'plan':
      print(formatPlan(plan.changes));
      return plan.changes.length === 0 ? 0 : exitCodes.changes;
    case 'invalid':
      throw invalid(file, plan.problems);
    case 'forbidden':
    case 'version_mismatch':
      throw new Error(`the local administrator may not plan a schema: ${plan.kind}`);
  }
}

export async function applySchema(
  config: Config,
  [file = '']: readonly string[],
  options: Options,
): Promise<undefined> {
  const document = await readDocument(file);
  const outcome = await withHub(config, async (hub) =>
    hub.applySchema(await localCaller(hub, options.workspace), () => document, {
      allowLoss: options.allowLoss ?? false,
    }),
  );
  switch (outcome.kind) {
    case 'applied':
      return print(
        [
          outcome.changes.length === 0 ? formatPlan([]) : `${formatPlan(outcome.changes)}\nApplied.`,
          ...fillingInWords(fieldsFilling(outcome.catalogue)),
        ].join('\n'),
      ) as undefined;
    case 'loss_refused':
      print(formatPlan(outcome.changes));
      throw new CommandFailure([...losses(outcome.changes), 'Nothing was applied. Add --allow-loss to lose this.']);
    case 'invalid':
      throw invalid(file, outcome.problems);
    case 'forbidden':
    case 'version_mismatch':
      throw new Error(`the local administrator may not apply a schema: ${outcome.kind}`);
  }
}

export async function exportSchema(config: Config, _operands: readonly string[], options: Options): Promise<undefined> {
  const { document } = await withHub(config, async (hub) =>
    hub.catalogue((await localCaller(hub, options.workspace)).principal.workspace),
  );
  process.stdout.write(stringify(document, { lineWidth: 120 }));
}

const fillingInWords = (fields: readonly string[]): string[] =>
  fields.length === 0
    ? []
    : [`The index of ${fields.join(', ')} is being filled by the server. Until then lists go through all records.`];

const invalid = (file: string, problems: readonly SchemaProblem[]): CommandFailure =>
  new CommandFailure(
    problems.map(({ path, message }) => [file, path, message].filter((part) => part !== '').join(': ')),
  );

/** An empty file is more often an accident than a wish to remove everything; `{}` says that. */
function document(parsed: unknown, file: string): SchemaDocument {
  if (parsed !== null && parsed !== undefined) return parsed as SchemaDocument;
  throw new CommandFailure(`${file} is empty. A schema without any record type is written {}.`);
}

/** YAML, of which JSON is a part; `-` is standard input. The engine checks what the document says. */
async function readDocument(file: string): Promise<SchemaDocument> {
  let source: string;
  try {
    source = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`Cannot read ${file}: ${messageOf(error)}`);
  }
  try {
    return document(parse(source), file);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${file} is not YAML: ${messageOf(error).split('\n', 1)[0]}`);
  }
}
