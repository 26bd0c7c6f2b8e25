/** `/v1/records/{type}/{ref}/why/{field}`: where a value comes from. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Hub } from '../../engine/hub.ts';
import { isPointer } from '../../model/record.ts';
import { isoTime } from '../../model/time.ts';
import type { Refusal, WhyView } from '../../model/why.ts';
import { signedIn } from './credentials.ts';
import { describeOperation } from './openapi.ts';
import { refIn } from './parse.ts';
import { refParameter, refTo, typeParameter } from './shapes/common.ts';
import { type ShownWhy, WhyShape } from './shapes/why.ts';
import { refusal } from './violations.ts';

const WhyPath = Type.Object({
  type: typeParameter,
  ref: refParameter,
  field: Type.String({ description: 'Key of a field, a lookup too.', examples: ['name'] }),
});

const readWhy = describeOperation({
  id: 'readWhy',
  tag: 'Records',
  summary: 'Say where a value comes from',
  description: 'Who owns the field, who wrote it last, through what and when, and who was refused it since.',
  access: ['read'],
  params: WhyPath,
  answers: { 200: { description: 'Where it comes from.', schema: refTo(WhyShape) } },
  problems: [404, 422],
});

export function whyRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Params: Static<typeof WhyPath> }>(
    '/v1/records/:type/:ref/why/:field',
    { schema: readWhy },
    async (request): Promise<ShownWhy> => {
      const { type, ref, field } = request.params;
      const outcome = await hub.why(signedIn(request), { type, ref: refIn(ref, 'ref'), field });
      if (outcome.kind === 'rejected') throw refusal(outcome);
      request.outcome = outcome.kind;
      return renderWhy(outcome.why);
    },
  );
}

function renderWhy({ field, value, owner, written, notKept, forced, stamp, refused }: WhyView): ShownWhy {
  return {
    field,
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
