/** The runs of an interface. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { shorten } from '../../../model/text.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { renderRun } from '../render.ts';
import { runList, runsPage } from '../runs/run-list.ts';
import { refTo } from '../shapes/common.ts';
import { type AskedRuns, type RunList, RunListShape, RunShape, RunsQuery, type ShownRun } from '../shapes/interface.ts';

const endpointParameter = Type.String({ examples: ['myendpoint'] });
export const EndpointPath = Type.Object({ endpoint: endpointParameter });
export const RunPath = Type.Object({
  endpoint: endpointParameter,
  run: Type.String({ description: 'Number or id of a run.' }),
});

const listRuns = describeOperation({
  id: 'listRuns',
  tag: 'Interfaces',
  summary: 'List the runs of an interface, newest first',
  access: 'signed_in',
  params: EndpointPath,
  query: RunsQuery,
  answers: { 200: { description: 'A page of them.', schema: refTo(RunListShape) } },
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

export type AtEndpoint = { Params: Static<typeof EndpointPath> };
export type AtRun = { Params: Static<typeof RunPath> };

export const unknownInterface = (endpoint: string): ProblemError =>
  problem('unknown_interface', 'path.endpoint', `There is no interface "${shorten(endpoint)}".`, { endpoint });

/** The engine says only that there is no such run: whether there is its interface, the schema knows. */
export async function noRun(hub: Hub, request: FastifyRequest<AtRun>): Promise<ProblemError> {
  const { endpoint, run } = request.params;
  const { interfaces } = await hub.catalogue(signedIn(request).principal.workspace);
  return interfaces.has(endpoint)
    ? problem('unknown_run', 'path.run', `The interface has no run "${shorten(run)}".`, { run })
    : unknownInterface(endpoint);
}

export function interfaceRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<AtEndpoint & { Querystring: AskedRuns }>(
    '/v1/interfaces/:endpoint/runs',
    { schema: listRuns },
    async (request): Promise<RunList> => {
      const { endpoint } = request.params;
      const of = { endpoint, path: 'path.endpoint' };
      return runList(request, of, await hub.runs(signedIn(request), endpoint, runsPage(request.query)));
    },
  );

  app.get<AtRun>('/v1/interfaces/:endpoint/runs/:run', { schema: readRun }, async (request): Promise<ShownRun> => {
    const { endpoint, run } = request.params;
    const found = await hub.run(signedIn(request), endpoint, run);
    if (found === undefined) throw await noRun(hub, request);
    return renderRun(request.publicBase, found);
  });
}
