/** The writing domain endpoints: insert, update, upsert, each also in bulk where the vendor has that, and delete. */
import type { FastifyRequest } from 'fastify';
import type { RecordType } from '../../../model/catalogue.ts';
import { isObject } from '../../../model/json.ts';
import { domainName } from '../domains.ts';
import type { Context, Operation } from '../operation.ts';
import { texts } from '../options.ts';
import { invalidRequest, Refusal, unable } from '../refusal.ts';
import { findsNothing, refuseRecord } from '../render.ts';
import { type Columns, parseColumns, renderColumns, requireViewOf } from './columns.ts';
import { domainOf, notFound, targetOf } from './target.ts';
import { parseMatchFields, upsertBy } from './upsert.ts';
import { insert, update, type Write } from './write.ts';

type Query = Readonly<Record<string, unknown>>;
/** How a body is written, as the query of its request says. */
type Writing = (type: RecordType, query: Query) => Write;

const upserting: Writing = (type, query) => upsertBy(parseMatchFields(type, query.matchFields));

const one =
  (writing: Writing): Operation =>
  async (context, request) => {
    const type = domainOf(context, request);
    const query = request.query as Query;
    const writeOne = writing(type, query);
    const echo = await parseEcho(context, type, query);
    if (!isObject(request.body)) throw invalidRequest();
    return answer(context, type, writeOne, echo, request.body);
  };

/** Each succeeds or fails for itself, in turn, so that a later one finds what an earlier one made. */
const bulk =
  (writing: Writing): Operation =>
  async (context, request) => {
    const type = domainOf(context, request);
    const query = request.query as Query;
    const writeOne = writing(type, query);
    const echo = await parseEcho(context, type, query);
    if (!Array.isArray(request.body)) throw invalidRequest();
    const most = context.options.maxBulkRecords;
    if (request.body.length > most) throw unable(texts.tooManyRecords(most));
    const answers: Record<string, unknown>[] = [];
    for (const body of request.body as unknown[]) {
      const element = isObject(body) ? answer(context, type, writeOne, echo, body) : Promise.reject(invalidRequest());
      answers.push(await element.catch(refused));
    }
    return answers;
  };

export const insertRecord = one(() => insert);
export const updateRecord = one(() => update);
export const upsertRecord = one(upserting);
export const insertRecords = bulk(() => insert);
export const upsertRecords = bulk(upserting);

/** Before anything is written: a column that is wrong, or not for the caller to see, must not cost a record. */
async function parseEcho(context: Context, type: RecordType, { echoFields }: Query): Promise<Columns> {
  const columns = echoFields === undefined || echoFields === '' ? [] : parseColumns(context, type, echoFields);
  await requireViewOf(context, columns);
  return columns;
}

async function answer(
  context: Context,
  type: RecordType,
  writeOne: Write,
  echo: Columns,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { record, message } = await writeOne(context, type, body);
  const [echoed] = await renderColumns(context, type, [record], echo);
  return { ...echoed, IsSuccessful: true, RecordID: record.number, Message: message };
}

function refused(error: unknown): Record<string, unknown> {
  if (!(error instanceof Refusal)) throw error;
  return { IsSuccessful: false, RecordID: null, Message: error.message };
}

export async function deleteRecord(context: Context, request: FastifyRequest): Promise<unknown> {
  const target = targetOf(context, request);
  const outcome = await context.hub.delete(context.caller, { type: target.type.key, ref: target.ref });
  if (outcome.kind === 'rejected') {
    throw findsNothing(outcome) ? notFound(target) : refuseRecord(outcome, target.type, target.id);
  }
  const { number } = outcome.record;
  return { IsSuccessful: true, RecordID: number, Message: texts.deleted(domainName(target.type), number) };
}
