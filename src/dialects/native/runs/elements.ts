/** `/v1/runs/{run}/elements`: the elements of a run that are kept, as they were sent and as rows. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { type ElementKind, type ElementView, elementKinds } from '../../../model/runs.ts';
import { shorten } from '../../../model/text.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { problem } from '../problem-answer.ts';
import { renderPointer, renderRecord } from '../render.ts';
import { rowOf } from '../rows/element-rows.ts';
import { PageQuery, refTo } from '../shapes/common.ts';
import {
  type AskedElements,
  type ElementList,
  ElementListShape,
  ElementsQuery,
  type ShownElement,
  type UnchangedList,
  UnchangedListShape,
} from '../shapes/element.ts';
import { listRefusal } from '../violations.ts';
import { unknownRun } from './runs.ts';

const RunPath = Type.Object({ run: Type.String({ description: 'Number or id of a run.' }) });

const listElements = describeOperation({
  id: 'listElements',
  tag: 'Interfaces',
  summary: 'List the elements of a run that are kept',
  description:
    'Every one that was rejected or superseded, or has an issue, and the first 10,000 that changed something; for as long as `inputs` are kept.',
  access: 'signed_in',
  params: RunPath,
  query: ElementsQuery,
  answers: { 200: { description: 'A page of them, in the order of the body.', schema: refTo(ElementListShape) } },
  problems: [404],
});

const listUnchanged = describeOperation({
  id: 'listUnchanged',
  tag: 'Interfaces',
  summary: 'List the records that a run found as they were',
  description:
    'Elements that say what is stored are not kept: these are the records that the interface keeps, without those that the run changed, holds, or has an issue of. Of the last set of an interface only, and of one that was everything of it.',
  access: 'signed_in',
  params: RunPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of them, by number.', schema: refTo(UnchangedListShape) } },
  problems: [404],
});

export function elementRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<{ Params: Static<typeof RunPath>; Querystring: AskedElements }>(
    '/v1/runs/:run/elements',
    { schema: listElements },
    async (request): Promise<ElementList> => {
      const caller = signedIn(request);
      const { run } = request.params;
      const { outcome, ...query } = request.query;
      const outcomes = outcome === undefined ? [] : [...new Set(outcome.split(',').map(kindIn))];
      const page = await hub.elements(caller, run, { ...query, outcomes });
      if (page.kind === 'unknown_run') throw unknownRun(run);
      if (page.kind !== 'page') throw listRefusal(page);
      return { items: page.items.map((one) => renderElement(one, page.keyField)), next: page.next };
    },
  );

  app.get<{ Params: Static<typeof RunPath>; Querystring: Static<typeof PageQuery> }>(
    '/v1/runs/:run/unchanged',
    { schema: listUnchanged },
    async (request): Promise<UnchangedList> => {
      const { run } = request.params;
      const page = await hub.unchanged(signedIn(request), run, request.query);
      if (page.kind === 'unknown_run') throw unknownRun(run);
      if (page.kind === 'not_known') return { items: [], next: null, known: false, message: page.message };
      if (page.kind !== 'page') throw listRefusal(page);
      return { items: page.items.map(renderRecord), next: page.next, known: true, message: null };
    },
  );
}

const isElementKind = (text: string): text is ElementKind => (elementKinds as readonly string[]).includes(text);

function kindIn(text: string): ElementKind {
  if (isElementKind(text)) return text;
  const message = `There is no outcome "${shorten(text)}". Allowed: ${elementKinds.join(', ')}.`;
  throw problem('parameter_invalid', 'query.outcome', message);
}

const renderElement = (
  { place, key, record, outcome, element, source, resolvedBy }: ElementView,
  keyField: string,
): ShownElement => ({
  place,
  key,
  record: record && renderPointer(record),
  outcome,
  row: element && { ...rowOf(element, keyField) },
  source,
  resolved_by: resolvedBy,
});
