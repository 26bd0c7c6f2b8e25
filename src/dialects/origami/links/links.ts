/** POST /api/Link/Upsert and /api/Link/Remove. */
import type { FastifyRequest } from 'fastify';
import type { LinkEnd } from '../../../model/catalogue.ts';
import type { LinkCommand, UnlinkCommand } from '../../../model/commands.ts';
import type { LinkView, RecordPointer } from '../../../model/record.ts';
import type { Context } from '../operation.ts';
import { type OrigamiOptions, texts } from '../options.ts';
import { refuseLink } from '../render.ts';
import { type LinkRequest, parseLink } from './parse-link.ts';

export async function upsertLink(context: Context, request: FastifyRequest): Promise<unknown> {
  const asked = await parseLink(context, request.body);
  const outcome = await context.hub.link(context.caller, linkCommand(asked, context.options));
  if (outcome.kind === 'rejected') throw refuseLink(outcome, asked, 'upsert');
  const { link } = outcome;
  const message = outcome.kind === 'created' ? texts.inserted('link', link.number) : texts.updated('link', link.number);
  return renderLink(link, asked, message);
}

export async function removeLink(context: Context, request: FastifyRequest): Promise<unknown> {
  const asked = await parseLink(context, request.body);
  const outcome = await context.hub.unlink(context.caller, unlinkCommand(asked));
  if (outcome.kind === 'rejected') throw refuseLink(outcome, asked, 'remove');
  const [link] = outcome.removed;
  if (link !== undefined) return renderLink(link, asked, texts.removed('link', link.number));
  return {
    IsSuccessful: false,
    RecordID: null,
    Message: texts.noLinkToRemove,
    ParentID: outcome.from.number,
    ChildID: outcome.to.number,
    RelationshipID: null,
  };
}

/**
 * The one place that says what Relationship and NewRelationship mean: Relationship names the link that is meant (so that with
 * another one the pair gets a further link), NewRelationship the role it has afterwards. Without Relationship it is the pair's
 * link with the lowest number. On a link type that joins a pair once, either is simply the role from now on.
 */
function linkCommand(asked: LinkRequest, { relationshipNamesLink }: OrigamiOptions): LinkCommand {
  const isKey = relationshipNamesLink || asked.newRelationship !== null;
  const role = isKey ? asked.relationship : null;
  const newRole = isKey ? asked.newRelationship : asked.relationship;
  return { ...ends(asked), ...(role !== null && { role }), ...(newRole !== null && { newRole }) };
}

/** Without Relationship any link of the pair matches; one goes per call. */
function unlinkCommand(asked: LinkRequest): UnlinkCommand {
  const role = asked.relationship === null ? {} : { role: asked.relationship };
  return { ...ends(asked), ...role, which: 'first' };
}

const ends = ({ parentType, end, parent, child }: LinkRequest): Pick<LinkCommand, 'from' | 'link' | 'to'> => ({
  from: { type: parentType.key, ref: parent.ref },
  link: end.name,
  to: { ref: child.ref },
});

/** The record at the parent's end, and the one at the child's. */
export const parentAndChild = (link: LinkView, end: LinkEnd): [parent: RecordPointer, child: RecordPointer] =>
  end.side === 'left' ? [link.left, link.right] : [link.right, link.left];

/** A link to a file shows no relationship, even where another API has given it a role. */
export const relationshipId = (link: LinkView, childDomain: string): number | null =>
  childDomain === 'File' ? null : (link.role?.number ?? null);

function renderLink(link: LinkView, asked: LinkRequest, message: string): Record<string, unknown> {
  const [parent, child] = parentAndChild(link, asked.end);
  return {
    IsSuccessful: true,
    RecordID: link.number,
    Message: message,
    ParentID: parent.number,
    ChildID: child.number,
    RelationshipID: relationshipId(link, asked.childDomain),
  };
}
