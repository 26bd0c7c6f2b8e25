/** `/v1/records/{type}/{ref}/why/{name}`: where a value or a link comes from. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { isPointer } from '../../../model/record.ts';
import { isoTime } from '../../../model/time.ts';
import type { LinkWhy, Refusal, WhyView } from '../../../model/why.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refIn } from '../parse.ts';
import { PageQuery, refParameter, typeParameter } from '../shapes/common.ts';
import { orWhyLinks, type ShownLinkWhy, type ShownWhy, type ShownWhyLinks } from '../shapes/why.ts';
import { listRefusal, refusal } from '../violations.ts';

const WhyPath = Type.Object({
  type: typeParameter,
  ref: refParameter,
  name: Type.String({
    description: 'Key of a field, a lookup too; or the name that the record type has for a link.',
    examples: ['name', 'contacts'],
  }),
});

const readWhy = describeOperation({
  id: 'readWhy',
  tag: 'Records',
  summary: 'Say where a value or a link comes from',
  description:
    'Who owns it, who wrote it last, through what and when, and who was refused it since. Of a relation that takes many, a page of its links; both record types must be readable then.',
  access: ['read'],
  params: WhyPath,
  query: PageQuery,
  answers: { 200: { description: 'Where it comes from.', schema: orWhyLinks } },
  problems: [404, 422],
});

export function whyRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Params: Static<typeof WhyPath>; Querystring: Static<typeof PageQuery> }>(
    '/v1/records/:type/:ref/why/:name',
    { schema: readWhy },
    async (request): Promise<ShownWhy | ShownWhyLinks> => {
      const { type, ref, name } = request.params;
      const query = { type, ref: refIn(ref, 'ref'), name, ...request.query };
      const outcome = await hub.why(signedIn(request), query);
      if (outcome.kind === 'list_rejected') throw listRefusal(outcome);
      if (outcome.kind === 'rejected') throw refusal(outcome, { fieldIn: 'path.name' });
      request.outcome = outcome.kind;
      switch (outcome.kind) {
        case 'why':
          return { field: outcome.why.field, ...renderWhy(outcome.why) };
        case 'why_link':
          return { field: outcome.name, ...renderLinkWhy(outcome.why) };
        case 'why_links':
          return {
            field: outcome.name,
            owner: outcome.owner,
            links: outcome.links.map(renderLinkWhy),
            next: outcome.next,
          };
      }
    },
  );
}

const renderLinkWhy = (why: LinkWhy): ShownLinkWhy => ({
  link: why.link,
  role: why.role?.name ?? null,
  ...renderWhy(why),
});

function renderWhy({ value, owner, written, notKept, forced, stamp, refused }: Omit<WhyView, 'record' | 'field'>) {
  return {
    value: isPointer(value) ? value.id : value,
    owner,
    written_by: written && { ...written.principal },
    via: written?.via ?? null,
    request: written?.request ?? null,
    run: written?.run ?? null,
    interface: written?.interface ?? null,
    row: written?.row ?? null,
    import: written?.import ?? null,
    at: written && isoTime(written.at),
    not_kept: notKept,
    forced,
    stamp,
    refused: refused.map(renderRefusal),
  };
}

const renderRefusal = ({ principal, at, ...rest }: Refusal) => ({ by: { ...principal }, ...rest, at: isoTime(at) });
