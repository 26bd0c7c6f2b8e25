/** Attach and detach: a contact or a file to or from a record, both named by internal or external id. */
import type { LinkCommand, RoleRef } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { assumed } from '../assumed.ts';
import type { Call } from '../call.ts';
import { invalidBody, invalidContent, NetSuiteError } from '../errors.ts';
import type { NetSuiteType } from '../names.ts';
import { noteUnknown } from '../records/fields.ts';
import { parseRef, parseType } from '../records/locate.ts';
import { refusal } from '../violations.ts';
import { attachmentEnd } from './attachments.ts';
import { parseRoleReference } from './roles.ts';

export type AttachParams = { type: string; id: string; attachmentType: string; attachmentId: string };

type Pair = { readonly target: NetSuiteType; readonly attachment: NetSuiteType; readonly ends: Ends };
/** Both records, and the link between them as the target's type calls it. */
type Ends = Pick<LinkCommand, 'from' | 'link' | 'to'>;

function parsePair(call: Call, params: AttachParams): Pair {
  const target = parseType(call, params.type, 'POST');
  const attachment = call.names.typesByName.get(params.attachmentType.toLowerCase());
  const end = attachment && attachmentEnd(target, attachment);
  if (attachment === undefined || end === undefined) {
    const detail = `Records of type '${params.attachmentType}' cannot be attached to records of type '${target.name}'.`;
    throw new NetSuiteError(400, { detail, code: assumed.impossiblePairCode, at: { url: call.url } });
  }
  const from = { type: target.type.key, ref: parseRef(call, target, params.id) };
  const to = { ref: parseRef(call, attachment, params.attachmentId) };
  return { target, attachment, ends: { from, link: end.name, to } };
}

/**
 * A pair is attached once: a role that is given is set, or replaces the one there was, and without one it stays. On a link type
 * that the schema has once per role, a given role adds a link beside those of other roles.
 */
export async function attach(call: Call, params: AttachParams, body: unknown): Promise<string> {
  const { target, attachment, ends } = parsePair(call, params);
  const role = parseRole(call, attachment, body);
  const outcome = await call.hub.link(call.caller, role === undefined ? ends : { ...ends, role });
  if (outcome.kind === 'rejected') throw refusal(call, { type: target }, outcome);
  return outcome.kind;
}

/** Removes every role of the pair; a pair that is not attached is left as it is. */
export async function detach(call: Call, params: AttachParams, body: unknown): Promise<string> {
  const { target, ends } = parsePair(call, params);
  noteUnknown(call, Object.keys(membersOf(body)));
  const outcome = await call.hub.unlink(call.caller, { ...ends, which: 'all' });
  if (outcome.kind === 'rejected') throw refusal(call, { type: target }, outcome);
  return outcome.removed.length === 0 ? 'unchanged' : 'unlinked';
}

function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined) return {};
  if (!isObject(body)) throw invalidBody();
  return body;
}

/** `role` is the one attribute, and contacts alone have it. Undefined: not given; null: no role. */
function parseRole(call: Call, attachment: NetSuiteType, body: unknown): RoleRef | null | undefined {
  const members = Object.entries(membersOf(body));
  noteUnknown(
    call,
    members.map(([name]) => name).filter((name) => name.toLowerCase() !== 'role'),
  );
  const role = members.find(([name]) => name.toLowerCase() === 'role')?.[1];
  if (role !== undefined && attachment.name.toLowerCase() !== 'contact') {
    throw invalidContent('role', 'The attribute role can be set only when a contact is attached.');
  }
  return role === undefined || role === null ? role : parseRoleReference(role);
}
