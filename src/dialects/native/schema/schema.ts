/** `/v1/schema`: the whole schema as one document, in JSON or YAML. */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { parseDocument as ParseDocument } from 'yaml';
import type { Hub } from '../../../engine/hub.ts';
import { fieldsFilling } from '../../../engine/schema/fill-index.ts';
import type {
  SchemaChange,
  SchemaMoved,
  SchemaOutcome,
  SchemaPlan,
  SchemaProblem,
} from '../../../engine/schema/plan.ts';
import { InexactNumber } from '../../../model/json.ts';
import { shorten } from '../../../model/text.ts';
import { MalformedBody } from '../../bodies.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { etagOf, ifMatch, refuseUnstorable } from '../parse.ts';
import { ProblemError, problem, type Violations } from '../problem-answer.ts';
import { IfMatch } from '../records/record-operations.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import {
  type SchemaAnswer,
  SchemaAnswerShape,
  SchemaDocumentShape,
  type ShownDocument,
} from '../shapes/schema-document.ts';

const yaml = 'application/yaml';
const yamlTypes = [yaml, 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

const PutQuery = queryOf({
  plan: Type.Boolean({ default: false, description: 'Only say what would change.' }),
  allow_loss: Type.Boolean({ default: false, description: 'Remove types, fields and links even when they hold data.' }),
});

const readSchema = describeOperation({
  id: 'readSchema',
  tag: 'Schema',
  summary: 'Read the whole schema',
  description: 'As it was last applied; YAML with `Accept: application/yaml`.',
  access: 'signed_in',
  media: ['application/json', yaml],
  answers: { 200: { description: 'The document.', schema: refTo(SchemaDocumentShape), etag: true } },
});

const putSchema = describeOperation({
  id: 'putSchema',
  tag: 'Schema',
  summary: 'Plan or apply the whole schema',
  description:
    'Makes the schema equal to the document: what the document leaves out is removed. All of it is applied, or nothing. With the ETag that was read as If-Match, what somebody else has added since is not removed unseen.',
  access: 'power',
  query: PutQuery,
  headers: IfMatch,
  body: refTo(SchemaDocumentShape),
  media: ['application/json', yaml],
  answers: { 200: { description: 'What changed, or with a plan would change.', schema: refTo(SchemaAnswerShape) } },
  problems: [409, 412, 422],
});

export function schemaRoutes(app: FastifyInstance, hub: Hub): void {
  acceptYaml(app);

  app.get('/v1/schema', { schema: readSchema }, async (request, reply) => {
    const catalogue = await hub.catalogue(signedIn(request).principal.workspace);
    const document: ShownDocument = catalogue.document;
    reply.header('etag', etagOf(catalogue.version)).header('vary', 'accept');
    return wantsYaml(request) ? inYaml(reply, document) : document;
  });

  app.put<{ Querystring: Static<typeof PutQuery>; Body: ShownDocument }>(
    '/v1/schema',
    {
      schema: putSchema,
      validatorCompiler: exceptBody(app.validatorCompiler),
    },
    async (request, reply) => {
      const caller = signedIn(request);
      const { plan, allow_loss: allowLoss } = request.query;
      const document = request.body;
      refuseUnstorable(document, null);
      const precondition = ifMatch(request);
      const outcome = plan
        ? await hub.planSchema(caller, () => document, precondition)
        : await hub.applySchema(caller, () => document, { allowLoss, ...precondition });
      request.outcome = outcome.kind;
      const answer = answerOf(outcome);
      return wantsYaml(request) ? inYaml(reply, answer) : answer;
    },
  );
}

/** The engine checks the document itself, all of it at once: here the shape only describes it. */
const exceptBody =
  (compile: FastifySchemaCompiler<unknown> | undefined): FastifySchemaCompiler<unknown> =>
  (part) =>
    part.httpPart === 'body' || compile === undefined ? () => true : compile(part);

/** The reader of YAML takes seconds for a hostile megabyte. Larger documents can be sent as JSON. */
const maxYamlBytes = 128 * 1024;

function acceptYaml(app: FastifyInstance): void {
  app.addContentTypeParser(yamlTypes, { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
    if (body.length > maxYamlBytes) {
      const limit = maxYamlBytes.toLocaleString('en');
      throw new MalformedBody(`YAML of more than ${limit} bytes is not read: send the document as JSON`);
    }
    const { parseDocument } = await loadYaml();
    try {
      return parseYaml(utf8.decode(body), parseDocument);
    } catch (error) {
      throw new MalformedBody(yamlFault(error));
    }
  });
}

/** For the first who sends or wants it: the start is sooner without. */
const loadYaml = () => import('yaml');

function yamlFault(error: unknown): string {
  if (error instanceof RangeError) return 'nested too deeply, or containing itself';
  return error instanceof Error ? shorten(error.message, 500) : 'not YAML';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Throws for text that is not YAML, whose aliases unfold to very much, or that contains itself. */
function parseYaml(text: string, parseDocument: typeof ParseDocument): unknown {
  // Its own messages quote the text around each fault, which for thousands of faults takes minutes.
  const document = parseDocument(text, { intAsBigInt: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new Error(`line ${line}: ${error.message}`);
  }
  const value: unknown = document.toJS({ maxAliasCount: 100, reviver: exactNumber });
  JSON.stringify(value);
  return value;
}

/** Every integer is read as a bigint, so that none loses digits unnoticed. */
function exactNumber(_key: unknown, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : new InexactNumber(String(value));
}

/** YAML when it is asked for by name, and JSON is not. */
const wantsYaml = ({ headers }: FastifyRequest): boolean =>
  /\byaml\b/i.test(headers.accept ?? '') && !/\bjson\b/i.test(headers.accept ?? '');

async function inYaml(reply: FastifyReply, value: unknown): Promise<string> {
  const { stringify } = await loadYaml();
  reply.type(`${yaml}; charset=utf-8`);
  return stringify(value, { aliasDuplicateObjects: false });
}

export function answerOf(outcome: SchemaPlan | SchemaOutcome): SchemaAnswer {
  switch (outcome.kind) {
    case 'plan':
      return {
        version: outcome.version,
        applied: false,
        changes: outcome.changes.map(renderChange),
        filling: [...outcome.filling],
      };
    case 'applied':
      return {
        version: outcome.catalogue.version,
        applied: true,
        changes: outcome.changes.map(renderChange),
        filling: fieldsFilling(outcome.catalogue),
      };
    default:
      throw schemaRefusal(outcome);
  }
}

export function schemaRefusal(
  outcome: Exclude<SchemaPlan | SchemaOutcome, { kind: 'plan' | 'applied' }>,
): ProblemError {
  switch (outcome.kind) {
    case 'loss_refused':
      return lossRefused(outcome.changes);
    case 'invalid':
      return new ProblemError(outcome.problems.map(renderProblem) as unknown as Violations);
    case 'version_mismatch':
      return schemaMoved(outcome);
    case 'forbidden':
      return problem('role_required', null, 'This key may not change the schema.', { allowed: ['admin', 'power'] });
  }
}

function schemaMoved({ expected, actual }: SchemaMoved): ProblemError {
  const message = `The schema is at version ${actual}, and If-Match demands ${expected}: somebody changed it.`;
  return problem('version_mismatch', 'header.if-match', message, { expected, actual });
}

const renderChange = ({ action, path, before, after, loss }: SchemaChange) => ({
  action,
  path,
  before: before ?? null,
  after: after ?? null,
  loss,
});

const renderProblem = ({ path, message }: SchemaProblem) => ({ code: 'schema_invalid', path, message }) as const;

function lossRefused(changes: readonly SchemaChange[]): ProblemError {
  const lost = changes.flatMap(({ action, path, loss }) =>
    loss === null ? [] : [{ code: 'schema_loss_refused', path, message: `${path}: ${loss}.`, action, loss } as const],
  );
  return new ProblemError(lost as unknown as Violations);
}
