/**
 * What can be attached to what. The vendor's list covers its own record types; for any other type the schema decides: it takes
 * the contacts and files that it has a link type for.
 */
import type { LinkEnd } from '../../../model/catalogue.ts';
import { pluralOf } from '../../../model/names.ts';
import type { Names, NetSuiteType } from '../names.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

const contactAndFile = words(`
  cashRefund cashSale check creditMemo customer customerDeposit customerPayment customerRefund estimate
  intercompanyTransferOrder inventoryAdjustment invoice itemFulfillment job opportunity partner purchaseOrder
  purchaseRequisition returnAuthorization salesOrder transferOrder vendor vendorBill vendorCredit vendorReturnAuthorization
`);
const fileOnly = words(`
  calendarEvent campaign contact employee expenseReport issue phoneCall projectTask supportCase task
  workOrder workOrderClose workOrderCompletion workOrderIssue
`);

const attachmentsByTarget = new Map<string, readonly string[]>([
  ...contactAndFile.map((name) => [name.toLowerCase(), ['contact', 'file']] as const),
  ...fileOnly.map((name) => [name.toLowerCase(), ['file']] as const),
  // Attaching members makes a static group.
  ['entitygroup', ['contact', 'customer', 'employee', 'job', 'partner', 'vendor']],
]);

function attachmentsOf(target: NetSuiteType): readonly string[] {
  const name = target.name.toLowerCase();
  if (name.startsWith('customrecord')) return [];
  if (name.startsWith('customtransaction')) return ['file'];
  return attachmentsByTarget.get(name) ?? ['contact', 'file'];
}

/** Whether links between the two types are made by attaching. */
export const isAttachment = (a: NetSuiteType, b: NetSuiteType): boolean =>
  attachmentsOf(a).includes(b.name.toLowerCase()) || attachmentsOf(b).includes(a.name.toLowerCase());

/**
 * The link by which the target has such attachments. Where the schema has several between the two types: the one that the plural
 * of the attached type names, else the first. A lookup field is a field of the record, not an attachment.
 */
export function attachmentEnd(target: NetSuiteType, attachment: NetSuiteType): LinkEnd | undefined {
  if (!attachmentsOf(target).includes(attachment.name.toLowerCase())) return undefined;
  const ends = [...target.type.linkEnds.values()].filter(
    ({ link, other }) => other === attachment.type.key && link.lookupField === null,
  );
  return ends.find(({ name }) => name === pluralOf(attachment.type.key)) ?? ends[0];
}

/** The types whose records can be attached to records of a type. */
export const attachableTo = (names: Names, target: NetSuiteType): NetSuiteType[] =>
  [...names.typesByName.values()].filter((attachment) => attachmentEnd(target, attachment) !== undefined);
