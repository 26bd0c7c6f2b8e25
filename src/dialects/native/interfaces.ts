/** `/v1/interfaces`: the interfaces of the workspace, their runs, and what each run found. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Hub } from '../../engine/hub.ts';
import { own } from '../../model/own.ts';
import type { SchemaDocument } from '../../model/schema.ts';
import { shorten } from '../../model/text.ts';
import { requireRole, signedIn } from './credentials.ts';
import { describeOperation } from './openapi.ts';
import { refuseUnstorable } from './parse.ts';
import { type ProblemError, problem } from './problem-answer.ts';
import { renderInterface, renderIssue, renderRun } from './render.ts';
import { schemaRefusal } from './schema.ts';
import { limitParameter, queryOf, refTo } from './shapes/common.ts';
import {
  type InterfaceChange,
  InterfaceChangeShape,
  type InterfaceList,
  InterfaceListShape,
  InterfaceShape,
  type IssueList,
  IssueListShape,
  type RunList,
  RunListShape,
  RunShape,
  type ShownInterface,
  type ShownRun,
} from './shapes/interface.ts';

const endpointParameter = Type.String({ examples: ['myendpoint'] });
const EndpointPath = Type.Object({ endpoint: endpointParameter });
const RunPath = Type.Object({
  endpoint: endpointParameter,
  run: Type.String({ description: 'Number or id of a run.' }),
});
const RunsQuery = queryOf({ limit: limitParameter });

const listInterfaces = describeOperation({
  id: 'listInterfaces',
  tag: 'Interfaces',
  summary: 'List the interfaces',
  access: 'signed_in',
  answers: { 200: { description: 'All of them.', schema: refTo(InterfaceListShape) } },
});

const listRuns = describeOperation({
  id: 'listRuns',
  tag: 'Interfaces',
  summary: 'List the last runs of an interface, newest first',
  access: 'signed_in',
  params: EndpointPath,
  query: RunsQuery,
  answers: { 200: { description: 'The last runs.', schema: refTo(RunListShape) } },
  problems: [404],
});

const readRun = describeOperation({
  id: 'readRun',
  tag: 'Interfaces',
  summary: 'Read a run',
  access: 'signed_in',
  params: RunPath,
  answers: { 200: { description: 'The run.', schema: refTo(RunShape) } },
  problems: [404],
});

const listIssues = describeOperation({
  id: 'listIssues',
  tag: 'Interfaces',
  summary: 'List the issues of a run, in the order of its body',
  access: 'signed_in',
  params: RunPath,
  answers: { 200: { description: 'All of them.', schema: refTo(IssueListShape) } },
  problems: [404],
});

const changeInterface = describeOperation({
  id: 'changeInterface',
  tag: 'Interfaces',
  summary: 'Change the settings of an interface',
  description: 'A change of the schema document, of this interface alone.',
  access: 'power',
  params: EndpointPath,
  body: refTo(InterfaceChangeShape),
  answers: { 200: { description: 'The interface as it is now.', schema: refTo(InterfaceShape) } },
  problems: [404, 422],
});

type AtEndpoint = { Params: Static<typeof EndpointPath> };
type AtRun = { Params: Static<typeof RunPath> };

export const unknownInterface = (endpoint: string): ProblemError =>
  problem('unknown_interface', 'path.endpoint', `There is no interface "${shorten(endpoint)}".`, { endpoint });

/** The engine says only that there is no such run: whether there is its interface, the schema knows. */
async function noRun(hub: Hub, request: FastifyRequest<AtRun>): Promise<ProblemError> {
  const { endpoint, run } = request.params;
  const { interfaces } = await hub.catalogue(signedIn(request).principal.workspace);
  return interfaces.has(endpoint)
    ? problem('unknown_run', 'path.run', `The interface has no run "${shorten(run)}".`, { run })
    : unknownInterface(endpoint);
}

/** The schema with the change; the guard's members that it does not have stay. */
function changed(schema: SchemaDocument, endpoint: string, change: InterfaceChange): SchemaDocument {
  const one = own(schema.interfaces ?? {}, endpoint);
  if (one === undefined) return schema;
  const guard = change.guard && { guard: { ...one.guard, ...change.guard } };
  return { ...schema, interfaces: { ...schema.interfaces, [endpoint]: { ...one, ...change, ...guard } } };
}

export function interfaceRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/v1/interfaces', { schema: listInterfaces }, async (request): Promise<InterfaceList> => {
    const { interfaces } = await hub.catalogue(signedIn(request).principal.workspace);
    return { items: [...interfaces.values()].map(renderInterface), next: null };
  });

  app.patch<AtEndpoint & { Body: InterfaceChange }>(
    '/v1/interfaces/:endpoint',
    { schema: changeInterface },
    async (request): Promise<ShownInterface> => {
      const { endpoint } = request.params;
      const caller = signedIn(request);
      requireRole(caller, 'admin', 'power');
      refuseUnstorable(request.body, null);
      const { interfaces } = await hub.catalogue(caller.principal.workspace);
      if (!interfaces.has(endpoint)) throw unknownInterface(endpoint);
      const outcome = await hub.applySchema(caller, (schema) => changed(schema, endpoint, request.body), {
        allowLoss: false,
      });
      if (outcome.kind !== 'applied') throw schemaRefusal(outcome);
      const one = outcome.catalogue.interfaces.get(endpoint);
      if (one === undefined) throw unknownInterface(endpoint); // removed by somebody else meanwhile
      request.outcome = outcome.changes.length === 0 ? 'unchanged' : 'updated';
      return renderInterface(one);
    },
  );

  app.get<AtEndpoint & { Querystring: Static<typeof RunsQuery> }>(
    '/v1/interfaces/:endpoint/runs',
    { schema: listRuns },
    async (request): Promise<RunList> => {
      const { endpoint } = request.params;
      const runs = await hub.runs(signedIn(request), endpoint, request.query.limit);
      if (runs === undefined) throw unknownInterface(endpoint);
      return { items: runs.map((run) => renderRun(request.publicBase, run)), next: null };
    },
  );

  app.get<AtRun>('/v1/interfaces/:endpoint/runs/:run', { schema: readRun }, async (request): Promise<ShownRun> => {
    const { endpoint, run } = request.params;
    const found = await hub.run(signedIn(request), endpoint, run);
    if (found === undefined) throw await noRun(hub, request);
    return renderRun(request.publicBase, found);
  });

  app.get<AtRun>(
    '/v1/interfaces/:endpoint/runs/:run/issues',
    { schema: listIssues },
    async (request): Promise<IssueList> => {
      const { endpoint, run } = request.params;
      const issues = await hub.issues(signedIn(request), endpoint, run);
      if (issues === undefined) throw await noRun(hub, request);
      return { items: issues.map(renderIssue), next: null };
    },
  );
}
