/** Every endpoint, most literal first: the first match is taken. */

import { currentUser, issueToken, logout, ping, sudo } from './access/session.ts';
import { countUsers, createUser, deleteUser, listUsers, readUser } from './access/users.ts';
import { deleteByKey, linkByKeys, readByKey, setKey, unlinkByKeys, upsertByKey } from './integrate.ts';
import { createLinked, linkRecord, linkRecords, readLink, unlinkRecord, updateLink } from './links/links.ts';
import { countLinked, countRecords, listLinked, listRecords } from './lists/lists.ts';
import { readMetadata } from './metadata/metadata.ts';
import { createRecord, deleteRecord, readRecord, updateRecord } from './records.ts';
import { bulk } from './requests/bulk.ts';
import type { Method } from './requests/paths.ts';
import type { Answer, Entry, Form, Visit } from './requests/visit.ts';

/** `open` needs no token; `admin` is for administrators only, and says so before it looks at anything. */
export type Route = { readonly method: Method; readonly pattern: string; readonly operation: string } & (
  | { readonly guard: 'open'; readonly answer: (entry: Entry) => Promise<Answer> }
  | { readonly guard: 'user' | 'admin'; readonly form: Form; readonly answer: (visit: Visit) => Promise<Answer> }
);

const open = { guard: 'open' } as const;
const plain = { guard: 'user', form: 'plain' } as const;
const administrative = { guard: 'admin', form: 'plain' } as const;
const integrate = { guard: 'admin', form: 'integrate' } as const;
const short = { guard: 'admin', form: 'short' } as const;

const upsert = { operation: 'upsert', answer: upsertByKey } as const;
const read = { operation: 'find', answer: readByKey } as const;
const remove = { operation: 'delete', answer: deleteByKey } as const;
const set = { operation: 'set_key', answer: setKey } as const;
const link = { operation: 'link', answer: linkByKeys } as const;
const unlink = { operation: 'unlink', answer: unlinkByKeys } as const;

const list = { operation: 'list', answer: listRecords } as const;
const count = { operation: 'count', answer: countRecords } as const;
const linkedList = { operation: 'list_linked', answer: listLinked } as const;
const linkedCount = { operation: 'count_linked', answer: countLinked } as const;

const pairByKeys = 'integrate/:module/:lhs_field/:lhs_value/link/:link/:rhs_field/:rhs_value';

export const routes: readonly Route[] = [
  { ...open, method: 'POST', pattern: 'oauth2/token', operation: 'token', answer: issueToken },
  { ...plain, method: 'POST', pattern: 'oauth2/logout', operation: 'logout', answer: logout },
  { ...plain, method: 'GET', pattern: 'ping', operation: 'ping', answer: ping },
  { ...administrative, method: 'POST', pattern: 'oauth2/sudo/:user_name', operation: 'sudo', answer: sudo },
  { ...plain, method: 'GET', pattern: 'me', operation: 'me', answer: currentUser },

  { ...plain, method: 'GET', pattern: 'metadata', operation: 'metadata', answer: readMetadata },
  { ...plain, method: 'POST', pattern: 'bulk', operation: 'bulk', answer: bulk },

  { ...plain, method: 'GET', pattern: 'Users', operation: 'list_users', answer: listUsers },
  { ...plain, method: 'GET', pattern: 'Users/filter', operation: 'list_users', answer: listUsers },
  { ...plain, method: 'POST', pattern: 'Users/filter', operation: 'list_users', answer: listUsers },
  { ...plain, method: 'GET', pattern: 'Users/filter/count', operation: 'count_users', answer: countUsers },
  { ...plain, method: 'GET', pattern: 'Users/count', operation: 'count_users', answer: countUsers },
  { ...plain, method: 'GET', pattern: 'Users/:record', operation: 'find_user', answer: readUser },
  { ...administrative, method: 'POST', pattern: 'Users', operation: 'create_user', answer: createUser },
  { ...administrative, method: 'DELETE', pattern: 'Users/:record', operation: 'delete_user', answer: deleteUser },

  // Keys in the path.
  { ...integrate, ...upsert, method: 'PATCH', pattern: 'integrate/:module/:field/:value' },
  { ...integrate, ...read, method: 'GET', pattern: 'integrate/:module/:field/:value' },
  { ...integrate, ...remove, method: 'DELETE', pattern: 'integrate/:module/:field/:value' },
  { ...integrate, ...set, method: 'PUT', pattern: 'integrate/:module/:record/:field/:value' },
  { ...integrate, ...link, method: 'POST', pattern: pairByKeys },
  { ...integrate, ...unlink, method: 'DELETE', pattern: pairByKeys },

  // Keys in the arguments.
  { ...integrate, ...link, method: 'POST', pattern: 'integrate/:module/link' },
  { ...integrate, ...unlink, method: 'DELETE', pattern: 'integrate/:module/link' },
  { ...integrate, ...upsert, method: 'PATCH', pattern: 'integrate/:module' },
  { ...integrate, ...read, method: 'GET', pattern: 'integrate/:module' },
  { ...integrate, ...remove, method: 'DELETE', pattern: 'integrate/:module' },
  { ...integrate, ...set, method: 'PUT', pattern: 'integrate/:module/:record' },

  // Short forms.
  { ...short, ...upsert, method: 'PATCH', pattern: ':module/sync_key/:value' },
  { ...short, ...upsert, method: 'PUT', pattern: ':module/sync_key/:value' },
  { ...short, ...read, method: 'GET', pattern: ':module/sync_key/:value' },
  { ...short, ...remove, method: 'DELETE', pattern: ':module/sync_key/:value' },
  { ...short, ...set, method: 'PUT', pattern: ':module/:record/sync_key/:value' },
  { ...short, ...link, method: 'POST', pattern: ':module/:lhs_value/link_by_sync_keys/:link/:rhs_value' },
  { ...short, ...unlink, method: 'DELETE', pattern: ':module/:lhs_value/link_by_sync_keys/:link/:rhs_value' },

  { ...plain, ...list, method: 'GET', pattern: ':module' },
  { ...plain, ...list, method: 'GET', pattern: ':module/filter' },
  { ...plain, ...list, method: 'POST', pattern: ':module/filter' },
  { ...plain, ...count, method: 'GET', pattern: ':module/count' },
  { ...plain, ...count, method: 'GET', pattern: ':module/filter/count' },
  { ...plain, ...count, method: 'POST', pattern: ':module/filter/count' },
  { ...plain, ...linkedList, method: 'GET', pattern: ':module/:record/link/:link' },
  { ...plain, ...linkedList, method: 'GET', pattern: ':module/:record/link/:link/filter' },
  { ...plain, ...linkedCount, method: 'GET', pattern: ':module/:record/link/:link/count' },
  { ...plain, ...linkedCount, method: 'GET', pattern: ':module/:record/link/:link/filter/count' },

  { ...plain, ...link, method: 'POST', pattern: ':module/:record/link', answer: linkRecords },
  { ...plain, ...link, method: 'POST', pattern: ':module/:record/link/:link', answer: createLinked },
  { ...plain, ...link, method: 'POST', pattern: ':module/:record/link/:link/:related', answer: linkRecord },
  { ...plain, ...link, method: 'PUT', pattern: ':module/:record/link/:link/:related', answer: updateLink },
  { ...plain, ...read, method: 'GET', pattern: ':module/:record/link/:link/:related', answer: readLink },
  { ...plain, ...unlink, method: 'DELETE', pattern: ':module/:record/link/:link/:related', answer: unlinkRecord },

  { ...plain, method: 'POST', pattern: ':module', operation: 'create', answer: createRecord },
  { ...plain, method: 'GET', pattern: ':module/:record', operation: 'find', answer: readRecord },
  { ...plain, method: 'PUT', pattern: ':module/:record', operation: 'update', answer: updateRecord },
  { ...plain, method: 'DELETE', pattern: ':module/:record', operation: 'delete', answer: deleteRecord },
];
