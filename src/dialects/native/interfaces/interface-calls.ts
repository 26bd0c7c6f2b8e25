/** `/v1/interfaces/{endpoint}/calls`: how an interface is called through each API that serves it. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Catalogue, Interface } from '../../../model/catalogue.ts';
import { exampleFields } from '../../example-values.ts';
import { apiKey, type InterfaceCalls } from '../../sample-call.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { shownCall } from '../documentation/sample-calls.ts';
import { refTo } from '../shapes/common.ts';
import { type InterfaceCallsList, InterfaceCallsListShape } from '../shapes/dialect.ts';
import { type AtEndpoint, EndpointPath, unknownInterface } from './interfaces.ts';

const listInterfaceCalls = describeOperation({
  id: 'listInterfaceCalls',
  tag: 'Interfaces',
  summary: 'Show how an interface is called through each API',
  description:
    'For people who write a client: the address, and the calls that send a small set, or read what it provides. What is sent is an example, and would be a complete set.',
  access: 'signed_in',
  params: EndpointPath,
  answers: { 200: { description: 'An item for each API that serves it.', schema: refTo(InterfaceCallsListShape) } },
  problems: [404],
});

export function interfaceCallsRoute(app: FastifyInstance, hub: Hub): void {
  app.get<AtEndpoint>(
    '/v1/interfaces/:endpoint/calls',
    { schema: listInterfaceCalls },
    async (request): Promise<InterfaceCallsList> => {
      const { endpoint } = request.params;
      const catalogue = await hub.catalogue(signedIn(request).principal.workspace);
      const on = catalogue.interfaces.get(endpoint);
      if (on === undefined) throw unknownInterface(endpoint);
      return {
        items: app.dialects.flatMap((dialect) => {
          const found = dialect.interfaceCalls?.(catalogue, on);
          if (!found) return [];
          const { name, title } = dialect;
          return [{ name, title, address: found.address, calls: found.calls.map(shownCall) }];
        }),
      };
    },
  );
}

/** In this API's own words: a set of rows. */
export function interfaceCalls(catalogue: Catalogue, on: Interface): InterfaceCalls | null {
  const { endpoint, direction, key, type } = on;
  if (direction === 'providing') return null;
  const address = `/v1/interfaces/${encodeURIComponent(endpoint)}/runs`;
  const values = exampleFields(catalogue.types.get(type), on).map(({ field, value }) => [field.key, value]);
  const row = { [key]: 'E-1', ...Object.fromEntries(values) };
  const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' };
  return { address, calls: [{ method: 'POST', path: address, headers, body: [row] }] };
}
