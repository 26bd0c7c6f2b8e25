/** One line of an export for each link: its ends, and what it has of role and attributes. */
import type { LinkType, Role } from '../../model/catalogue.ts';
import { numberIn, type RawRow } from '../../store/postgres/raw-rows.ts';
import { Lines, type WriteLine } from './lines.ts';

/** In the order of the columns that are read. */
const [left, right, roleNumber, attributes] = [3, 4, 5, 6] as const;

export function jsonLinkLines(link: LinkType): WriteLine {
  const role = roleWriter(link, (name, lines) => lines.addText(JSON.stringify(name)));
  return (row, lines) => {
    const { bytes, starts, ends } = row;
    lines.addText('{"left": ');
    lines.addJsonString(bytes, starts[left] as number, ends[left] as number);
    lines.addText(', "right": ');
    lines.addJsonString(bytes, starts[right] as number, ends[right] as number);
    if (role !== undefined) {
      lines.addText(', "role": ');
      lines.add(role(row) ?? noJsonRole);
    }
    if ((starts[attributes] as number) >= 0) {
      lines.addText(', "attributes": ');
      lines.add(bytes, starts[attributes], ends[attributes]);
    }
    lines.addText('}\n');
  };
}
const noJsonRole = Buffer.from('null');

export function csvLinkLines(link: LinkType, forPeople: boolean): WriteLine {
  const role = roleWriter(link, (name, lines) => lines.addTextCell(forPeople, Buffer.from(name)));
  return (row, lines) => {
    const { bytes, starts, ends } = row;
    lines.addQuoted(bytes, starts[left], ends[left]);
    lines.addComma();
    lines.addQuoted(bytes, starts[right], ends[right]);
    if (role !== undefined) {
      lines.addComma();
      lines.add(role(row) ?? noCsvRole);
    }
    if (forPeople) lines.addComma();
    lines.endLine();
  };
}
const noCsvRole = Buffer.from('\\N');

/** Links of a type without any roles have none to tell. */
function roleWriter(
  { roles }: LinkType,
  write: (name: string, lines: Lines) => void,
): ((row: RawRow) => Buffer | undefined) | undefined {
  if (roles.length === 0) return undefined;
  const written = new Map<number, Buffer>();
  for (const role of roles) {
    const lines = new Lines(64);
    write(roleName(roles, role), lines);
    written.set(role.number, lines.bytes);
  }
  return (row) => ((row.starts[roleNumber] as number) < 0 ? undefined : written.get(numberIn(row, roleNumber)));
}

/** The name of a role, unless it is also what another role is found by. */
function roleName(roles: readonly Role[], role: Role): string {
  const isOthers = roles.some((one) => one !== role && [String(one.number), one.externalId].includes(role.name));
  return isOthers ? String(role.number) : role.name;
}
