/** `/v1/interfaces`: the interfaces of the workspace, made, changed and removed one by one. Each is a change of the schema document. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { own } from '../../../model/own.ts';
import type { SchemaDocument } from '../../../model/schema.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refuseUnstorable } from '../parse.ts';
import { problem } from '../problem-answer.ts';
import { renderInterface, renderListedInterface } from '../render.ts';
import { schemaRefusal } from '../schema/schema.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import {
  type InterfaceChange,
  InterfaceChangeShape,
  type InterfaceList,
  InterfaceListShape,
  InterfaceShape,
  type ListedInterface,
  ListedInterfaceShape,
  type NewInterface,
  NewInterfaceShape,
  type ShownInterface,
} from '../shapes/interface-settings.ts';
import { type AtEndpoint, EndpointPath, unknownInterface } from './interfaces.ts';

const DeleteQuery = queryOf({
  allow_loss: Type.Boolean({
    default: false,
    description: 'Remove it also when a run of it holds something that somebody has yet to decide on.',
  }),
});

const listInterfaces = describeOperation({
  id: 'listInterfaces',
  tag: 'Interfaces',
  summary: 'List the interfaces',
  access: 'signed_in',
  answers: { 200: { description: 'All of them.', schema: refTo(InterfaceListShape) } },
});

const readInterface = describeOperation({
  id: 'readInterface',
  tag: 'Interfaces',
  summary: 'Read an interface',
  description: 'Its settings, and which fields and relations its sets may write.',
  access: 'signed_in',
  params: EndpointPath,
  answers: { 200: { description: 'The interface.', schema: refTo(ListedInterfaceShape) } },
  problems: [404],
});

const createInterface = describeOperation({
  id: 'createInterface',
  tag: 'Interfaces',
  summary: 'Make an interface',
  description: 'A change of the schema document, of this interface alone.',
  access: 'power',
  body: refTo(NewInterfaceShape),
  answers: { 201: { description: 'Made.', schema: refTo(InterfaceShape), location: true } },
  problems: [409, 422],
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

const deleteInterface = describeOperation({
  id: 'deleteInterface',
  tag: 'Interfaces',
  summary: 'Remove an interface',
  description:
    'A change of the schema document. Its records stay as they are, and no interface is responsible for them any more; what its runs hold is let go of.',
  access: 'power',
  params: EndpointPath,
  query: DeleteQuery,
  answers: {
    200: {
      description: 'Removed.',
      schema: Type.Object({ outcome: Type.Enum(['deleted']), endpoint: Type.String() }),
    },
  },
  problems: [404, 409, 422],
});

/** The schema with the change; the guard's members that it does not have stay. */
function changed(schema: SchemaDocument, endpoint: string, change: InterfaceChange): SchemaDocument {
  const one = own(schema.interfaces ?? {}, endpoint);
  if (one === undefined) return schema;
  const guard = change.guard && { guard: { ...one.guard, ...change.guard } };
  return { ...schema, interfaces: { ...schema.interfaces, [endpoint]: { ...one, ...change, ...guard } } };
}

function without(schema: SchemaDocument, endpoint: string): SchemaDocument {
  const { [endpoint]: _removed, ...others } = schema.interfaces ?? {};
  return { ...schema, interfaces: others };
}

export function interfaceSettingsRoutes(app: FastifyInstance, hub: Hub): void {
  /** Applies a change of the schema, if there is the interface. */
  async function configure(
    request: FastifyRequest<AtEndpoint>,
    change: (schema: SchemaDocument, endpoint: string) => SchemaDocument,
    options = { allowLoss: false },
  ) {
    const { endpoint } = request.params;
    const caller = signedIn(request);
    refuseUnstorable(request.body, null);
    const { interfaces } = await hub.catalogue(caller.principal.workspace);
    if (!interfaces.has(endpoint)) throw unknownInterface(endpoint);
    const outcome = await hub.applySchema(caller, (schema) => change(schema, endpoint), options);
    if (outcome.kind !== 'applied') throw schemaRefusal(outcome);
    return outcome;
  }

  app.get('/v1/interfaces', { schema: listInterfaces }, async (request): Promise<InterfaceList> => {
    const caller = signedIn(request);
    const [catalogue, views] = [await hub.catalogue(caller.principal.workspace), await hub.interfaces(caller)];
    return { items: views.map((one) => renderListedInterface(request.publicBase, catalogue, one)), next: null };
  });

  app.get<AtEndpoint>(
    '/v1/interfaces/:endpoint',
    { schema: readInterface },
    async (request): Promise<ListedInterface> => {
      const { endpoint } = request.params;
      const caller = signedIn(request);
      const catalogue = await hub.catalogue(caller.principal.workspace);
      const one = (await hub.interfaces(caller)).find((view) => view.interface.endpoint === endpoint);
      if (one === undefined) throw unknownInterface(endpoint);
      return renderListedInterface(request.publicBase, catalogue, one);
    },
  );

  app.post<{ Body: NewInterface }>(
    '/v1/interfaces',
    { schema: createInterface },
    async (request, reply): Promise<ShownInterface> => {
      const caller = signedIn(request);
      refuseUnstorable(request.body, null);
      const { endpoint, ...settings } = request.body;
      let isTaken = false;
      const outcome = await hub.applySchema(
        caller,
        (schema) => {
          isTaken = Object.hasOwn(schema.interfaces ?? {}, endpoint);
          return isTaken ? schema : { ...schema, interfaces: { ...schema.interfaces, [endpoint]: settings } };
        },
        { allowLoss: false },
      );
      if (isTaken) throw problem('interface_exists', 'endpoint', `There is an interface ${endpoint} already.`);
      if (outcome.kind !== 'applied') throw schemaRefusal(outcome);
      const made = outcome.catalogue.interfaces.get(endpoint);
      if (made === undefined) throw new Error('The interface that was made is not in the schema');
      request.outcome = 'created';
      reply.code(201).header('location', `${request.publicBase}/v1/interfaces/${endpoint}`);
      return renderInterface(outcome.catalogue, made);
    },
  );

  app.patch<AtEndpoint & { Body: InterfaceChange }>(
    '/v1/interfaces/:endpoint',
    { schema: changeInterface },
    async (request): Promise<ShownInterface> => {
      const { catalogue, changes } = await configure(request, (schema, endpoint) =>
        changed(schema, endpoint, request.body),
      );
      const one = catalogue.interfaces.get(request.params.endpoint);
      if (one === undefined) throw unknownInterface(request.params.endpoint); // removed by somebody else meanwhile
      request.outcome = changes.length === 0 ? 'unchanged' : 'updated';
      return renderInterface(catalogue, one);
    },
  );

  app.delete<AtEndpoint & { Querystring: Static<typeof DeleteQuery> }>(
    '/v1/interfaces/:endpoint',
    { schema: deleteInterface },
    async (request) => {
      await configure(request, without, { allowLoss: request.query.allow_loss });
      request.outcome = 'deleted';
      return { outcome: 'deleted', endpoint: request.params.endpoint };
    },
  );
}
