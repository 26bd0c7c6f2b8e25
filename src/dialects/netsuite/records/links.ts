/** The links of a record. */
import type { LinkView, RecordView } from '../../../model/record.ts';
import { byNumber } from '../../../model/ref.ts';
import type { Call } from '../call.ts';
import type { NetSuiteType } from '../names.ts';
import { refusal } from '../violations.ts';

/** All of one name: the vendor's answers say how many there are, so that no page could do with less. */
export async function readLinks(call: Call, type: NetSuiteType, record: RecordView, link: string): Promise<LinkView[]> {
  const found: LinkView[] = [];
  let cursor: string | undefined;
  do {
    const query = { type: type.type.key, ref: byNumber(record.number), link, limit: 1000 };
    const page = await call.hub.links(call.caller, cursor === undefined ? query : { ...query, cursor });
    if (page.kind === 'rejected') throw refusal(call, { type }, page);
    if (page.kind === 'list_rejected') throw new Error(`The engine refused our own ${page.parameter}: ${page.message}`);
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}
