/** What a role list and a link type of a schema document must be. */
import { cardinalities, type LinkTypeDocument, type SchemaDocument } from '../../model/schema.ts';
import { shorten } from '../../model/text.ts';
import {
  checkChoice,
  checkMembers,
  checkNames,
  checkOwner,
  checkTypeName,
  keyPattern,
  limits,
  members,
  type Report,
} from './document-parts.ts';

export function checkRoles(report: Report, path: string, name: string, list: unknown): void {
  if (!keyPattern.test(name)) report(path, 'A role list has a name as of a record type.');
  if (!Array.isArray(list)) return report(path, 'Must be a list.');
  if (list.length > limits.roles) report(path, `At most ${limits.roles.toLocaleString('en')} roles.`);
  const seen = new Set<string>();
  list.forEach((role, index) => {
    const place = `${path}[${index}]`;
    if (!checkMembers(report, place, role, members.role)) return;
    const {
      number,
      name: roleName,
      external_id: externalId,
    } = role as { number?: unknown; name?: string; external_id?: string };
    if (roleName === undefined || roleName === '') report(`${place}.name`, 'A role has a name.');
    if (
      number !== undefined &&
      (!Number.isInteger(number) || number === 0 || Math.abs(number as number) > 2 ** 31 - 1)
    ) {
      report(`${place}.number`, 'Must be a whole number other than 0.');
    }
    for (const mark of [
      number !== undefined && `number ${number}`,
      roleName && `name ${roleName.toLowerCase()}`,
      externalId && `external_id ${externalId}`,
    ]) {
      if (typeof mark !== 'string') continue;
      if (seen.has(mark)) report(place, `Another role of the list has the ${mark}.`);
      seen.add(mark);
    }
  });
}

export function checkLink(
  report: Report,
  path: string,
  key: string,
  link: LinkTypeDocument,
  document: SchemaDocument,
): void {
  const [left = '', name = '', ...more] = key.split('.');
  if (name === '' || more.length > 0) report(path, 'A link type is named <record type>.<name>.');
  else if (checkTypeName(report, path, left, document) && !keyPattern.test(name))
    report(path, 'A link name has lower-case letters, digits and underscores.');
  if (!checkMembers(report, path, link, members.link)) return;
  checkTypeName(report, `${path}.to`, link.to, document);
  if (link.inverse !== undefined && !keyPattern.test(link.inverse))
    report(`${path}.inverse`, 'Must be a name as of a field.');
  checkChoice(report, `${path}.cardinality`, link.cardinality, cardinalities);
  checkChoice(report, `${path}.once_per`, link.once_per, ['pair', 'role']);
  checkOwner(report, path, link.owner, document);
  checkNames(report, `${path}.names`, link.names);
  if (link.roles !== undefined && !Object.hasOwn(document.role_lists ?? {}, link.roles)) {
    report(`${path}.roles`, `There is no role list ${shorten(link.roles, 80)}.`);
  }
  if (link.once_per === 'role' && link.roles === undefined)
    report(`${path}.roles`, 'once_per: role needs a role list.');
  if (link.once_per === 'role' && link.cardinality !== undefined && link.cardinality !== 'many-to-many') {
    report(`${path}.once_per`, 'once_per: role goes with many-to-many only.');
  }
}
