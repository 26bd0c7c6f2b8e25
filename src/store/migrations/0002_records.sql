-- What a workspace holds. Every table has workspace_id first in its primary key and each unique index, so that the whole can be
-- distributed by workspace, and a row-level security policy as second fence behind the engine's own scoping.

create sequence record_number as bigint start 100001 maxvalue 281474976710655;
create sequence link_number as bigint start 1001 maxvalue 281474976710655;
create sequence batch_number as bigint;
create sequence run_number as bigint;
create sequence import_number as bigint;
create sequence webhook_number as bigint;
create sequence pending_link_number as bigint;
create sequence job_number as bigint;
create sequence access_event_number as bigint;

-- The schema as one document, with the small integers that stand for its names in the tables below. json, not jsonb: the order of
-- types and fields is part of it.
create table workspace_schema (
  workspace_id bigint primary key,
  version bigint not null,
  document json not null,
  ids json not null,
  updated_at timestamptz not null,
  -- The link types that have links in pending_link, or had some lately. Every batch reads it with the version, so that those
  -- of a workspace without any need not look further.
  pending_links integer[] not null default '{}'
);

create table workspace_schema_history (
  workspace_id bigint not null,
  version bigint not null,
  document json not null,
  principal_id bigint not null,
  request text not null,
  at timestamptz not null,
  primary key (workspace_id, version)
);

-- data: values by field id, without lookups (links) and external_id, which is a column of its own, in the form that the field's key rule makes
-- of it; where that is another than was sent, data has what was sent. A tombstone keeps only its keys.
-- stamps: what its fields were written as of, and it was deleted as of; null unless a writer said so.
create table record (
  workspace_id bigint not null,
  number bigint not null default nextval('record_number'),
  type integer not null,
  external_id text collate "C",
  data jsonb not null,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by bigint not null,
  updated_by bigint not null,
  deleted_at timestamptz,
  stamps jsonb,
  -- A tombstone of which nothing is kept but this row (ADR 0020).
  erased_at timestamptz,
  primary key (workspace_id, number)
) with (fillfactor = 85);
create unique index record_external_id on record (workspace_id, type, external_id) where external_id is not null;
-- Those that may be old enough to go.
create index record_tombstone on record (workspace_id, deleted_at) where deleted_at is not null;
create index record_live on record (workspace_id, type, number) where deleted_at is null;

-- Values of the other unique fields. A tombstone keeps its rows until a live record claims the value.
create table record_key (
  workspace_id bigint not null,
  type integer not null,
  field integer not null,
  value text collate "C" not null,
  number bigint not null,
  primary key (workspace_id, type, field, value)
);

-- Values of filterable fields, of live records: one row for each record and field, for a list one for each of its values. A number stands in
-- number_value, anything else by its first characters in text_value; a record without a value is at infinity, beyond all that have one.
-- The key is the one index, in the order in which lists are sorted.
create table field_index (
  workspace_id bigint not null,
  type integer not null,
  field integer not null,
  number_value double precision not null,
  text_value text collate "C" not null,
  number bigint not null,
  primary key (workspace_id, type, field, number_value, text_value, number)
);

-- slot: the role where a pair is linked once per role, else 0. one_left and one_right hold the cardinality: the left number where a
-- left record has one right record at most, and the right number where a right record has one left record at most.
create table link (
  workspace_id bigint not null,
  link_type integer not null,
  left_number bigint not null,
  right_number bigint not null,
  slot integer not null,
  number bigint not null default nextval('link_number'),
  role integer,
  attributes jsonb,
  one_left bigint,
  one_right bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, link_type, left_number, right_number, slot)
);
create unique index link_one_left on link (workspace_id, link_type, one_left) where one_left is not null;
create unique index link_one_right on link (workspace_id, link_type, one_right) where one_right is not null;
create index link_by_left on link (workspace_id, left_number, link_type, number);
create index link_by_right on link (workspace_id, right_number, link_type, number);

-- What links were made and removed as of, and sides that take one link only were taken as of, by writes that said so. slot: -1 is every
-- slot; a number of 0 is any record.
create table link_stamp (
  workspace_id bigint not null,
  link_type integer not null,
  left_number bigint not null,
  right_number bigint not null,
  slot integer not null,
  stamp jsonb not null,
  primary key (workspace_id, link_type, left_number, right_number, slot)
);

-- Links that wait for a record. A side is named by a match field's value, or by a record's number where its field is 0. pair: the hash of
-- both sides, as both together may be longer than an index takes. A spelling is a value as it was sent, where the field's rule makes another form
-- of it. refusal: why it was not joined when its records were there. removes: it is a removal that waits. stamp: what it is as of, as in link_stamp.
create table pending_link (
  workspace_id bigint not null,
  link_type integer not null,
  pair bytea not null,
  slot integer not null,
  number bigint not null,
  left_field integer not null,
  left_value text collate "C" not null,
  left_spelling text,
  right_field integer not null,
  right_value text collate "C" not null,
  right_spelling text,
  role integer,
  attributes jsonb,
  principal_id bigint not null,
  via text not null,
  request text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  refusal jsonb,
  removes boolean not null,
  stamp jsonb,
  primary key (workspace_id, link_type, pair, slot, removes)
);
-- The workspace comes last in these, so that none of them can be taken for another while the table has no statistics.
create index pending_link_by_number on pending_link (number, workspace_id);
create index pending_link_by_left on pending_link (left_value, left_field, link_type, workspace_id);
create index pending_link_by_right on pending_link (right_value, right_field, link_type, workspace_id);
-- For cleaning alone, which says so: all numbers are above 0.
create index pending_link_by_end on pending_link (workspace_id, expires_at) where number > 0;

-- The order of the change feed: drawn last before COMMIT, so that the counter's lock is held for a moment only.
-- changes: the change rows of all commits so far.
create table commit_counter (
  workspace_id bigint primary key,
  last_commit bigint not null,
  changes bigint not null
);

-- changes_before: the change rows of all commits before it, so that those between any two commits are told without reading them.
create table commit (
  workspace_id bigint not null,
  commit bigint not null,
  batch bigint not null,
  at timestamptz not null,
  changes_before bigint not null,
  primary key (workspace_id, commit)
);

-- One row per change, written in the transaction of the change. For a link, number and other_number are its two ends; for a merge,
-- the duplicate and the survivor. place: of the element or row in the body that it came with, from 0. stamp: what its writer said that
-- it was as of.
create table change (
  workspace_id bigint not null,
  batch bigint not null,
  row integer not null,
  kind text not null,
  number bigint not null,
  version bigint,
  link_type integer,
  link_number bigint,
  other_number bigint,
  principal_id bigint not null,
  via text not null,
  request text not null,
  run bigint,
  at timestamptz not null,
  before jsonb,
  after jsonb,
  place bigint,
  stamp jsonb,
  forced jsonb,
  primary key (workspace_id, batch, row)
);
create index change_by_record on change (workspace_id, number, batch, row);
create index change_by_other on change (workspace_id, other_number, batch, row) where other_number is not null;

-- What an interface created or supplied: the records that it is responsible for, and may delete. hash: of the element that the record
-- is as, if nothing but that element has written it since (ADR 0010).
create table interface_record (
  workspace_id bigint not null,
  interface integer not null,
  number bigint not null,
  hash bytea,
  primary key (workspace_id, interface, number)
) with (fillfactor = 90);

-- One row per interface, locked by the run that is at work. last_sets: what its last applied sets were as of, by what they were
-- everything of.
create table interface_lock (
  workspace_id bigint not null,
  interface integer not null,
  last_sets jsonb,
  primary key (workspace_id, interface)
);

create table run (
  workspace_id bigint not null,
  run bigint not null default nextval('run_number'),
  interface integer not null,
  state text not null,
  counts jsonb not null,
  issues integer not null,
  principal_id bigint not null,
  via text not null,
  request text not null,
  received_at timestamptz not null,
  -- When it began to be applied; for one that was queued, the last time that somebody began.
  started_at timestamptz,
  attempts int not null default 0,
  finished_at timestamptz,
  failure text,
  -- How its elements are read; null for a revert, and while they arrive.
  format text,
  -- The newer set that took its place before it was applied.
  superseded_by bigint,
  -- The batches of its change rows: one, and another when its held deletes are approved.
  batches bigint[] not null default '{}',
  -- The run that this one takes back, and the one that took this one back.
  reverts bigint,
  reverted_by bigint,
  -- The run whose elements this one applies again; it is no complete set.
  replays bigint,
  held_deletes bigint not null default 0,
  held_until timestamptz,
  -- What became of what it held: approved or cancelled by somebody, overtaken by a newer set, or expired; and when.
  held_end text,
  held_end_at timestamptz,
  held_end_by bigint,
  held_end_run bigint,
  -- Of a set that was held as a whole: what it would have come to, and a digest of its records. Its elements wait in queued_part.
  held_whole jsonb,
  -- What its set was everything of, by field or link; null is everything of the interface.
  scope json,
  -- What its set was as of as a whole, if it said so.
  stamp jsonb,
  primary key (workspace_id, run)
);
create index run_by_interface on run (workspace_id, interface, run);
create index run_by_age on run (workspace_id, received_at);
create index run_by_state on run (workspace_id, state, run);
create index run_at_work on run (workspace_id, interface, run) where state in ('received', 'queued');
create index run_held on run (workspace_id, interface) where state = 'held';

-- The runs that are not over, but for reverts: whoever is at work on one holds its row locked, so that one whose server is gone is told by
-- its row being free. Global: a server must know where to look.
create table open_run (
  workspace_id bigint not null,
  run bigint not null default nextval('run_number'),
  interface integer not null,
  reserved_at timestamptz not null,
  primary key (workspace_id, run)
);

-- The elements of a queued run, many in a row: their bytes, and where each ends.
create table queued_part (
  workspace_id bigint not null,
  run bigint not null,
  part integer not null,
  bytes bytea not null,
  ends integer[] not null,
  primary key (workspace_id, run, part)
);

-- Which interfaces are to be told of when no set was applied for too long: after due_at, which counts from since. Global, for the same reason.
create table overdue_watch (
  workspace_id bigint not null,
  interface integer not null,
  since timestamptz not null,
  due_at timestamptz not null,
  told_at timestamptz,
  primary key (workspace_id, interface)
);
create index overdue_watch_due on overdue_watch (due_at) where told_at is null;

-- The records that a run would have deleted, had its interface's guard not held it. version, links: of the record then, and hashes of its links.
create table held_delete (
  workspace_id bigint not null,
  run bigint not null,
  number bigint not null,
  version bigint not null,
  links bigint[] not null,
  primary key (workspace_id, run, number)
);

-- The records that a run left out, and that stay by the delete policy of its interface, which they are not of any more.
create table leaver (
  workspace_id bigint not null,
  run bigint not null,
  number bigint not null,
  primary key (workspace_id, run, number)
);

-- The elements of a run that is receiving, in the order of its body, until they are judged.
create unlogged table staging (
  workspace_id bigint not null,
  run bigint not null,
  row bigint not null,
  source text not null,
  hash bytea not null,
  primary key (workspace_id, run, row)
);

-- place: of the element in the body, from 0. sent_as: the member as the body spells it. other: the record that has the key already.
-- resolved_by: the run that applied its element after all.
create table issue (
  workspace_id bigint not null,
  run bigint not null,
  place bigint not null,
  row integer not null,
  severity text not null,
  code text not null,
  key text,
  number bigint,
  path text,
  member text,
  sent_as text,
  value text,
  other bigint,
  message text not null,
  remedy text not null,
  at timestamptz not null,
  resolved_by bigint,
  primary key (workspace_id, run, place, row)
);

create index issue_by_record on issue (workspace_id, number, run, row) where number is not null;

-- The elements of a run that were refused or have an issue, and the first of those that changed something. source: as the sender wrote it, in
-- the format of the run; null where it was not kept, or is erased. resolved_by: the run that applied it after all.
create table run_element (
  workspace_id bigint not null,
  run bigint not null,
  place bigint not null,
  key text,
  number bigint,
  outcome text not null,
  source text,
  resolved_by bigint,
  primary key (workspace_id, run, place)
);

-- Former keys of records, which still find them: until a live record claims the value. field: 1 is external_id. spelling: as it was sent,
-- where the field's rule makes another form of it.
create table record_alias (
  workspace_id bigint not null,
  type integer not null,
  field integer not null,
  value text collate "C" not null,
  number bigint not null,
  spelling text,
  primary key (workspace_id, type, field, value)
);
create index record_alias_by_record on record_alias (workspace_id, number);

-- The next number of a field that numbers its records. Whoever draws one holds the row until its transaction ends.
create table numbering (
  workspace_id bigint not null,
  type integer not null,
  field integer not null,
  next bigint not null,
  primary key (workspace_id, type, field)
);

-- Which record a duplicate went into.
create table record_merge (
  workspace_id bigint not null,
  number bigint not null,
  into_number bigint not null,
  primary key (workspace_id, number)
);
create index record_merge_by_survivor on record_merge (workspace_id, into_number);

-- Who was refused a field or relation that somebody else owns, by a single write: one row for each principal and member of a record.
-- member: the id of the field, or that of the link type with a minus.
create table refusal (
  workspace_id bigint not null,
  number bigint not null,
  member integer not null,
  principal_id bigint not null,
  via text not null,
  request text not null,
  at timestamptz not null,
  times bigint not null,
  primary key (workspace_id, number, member, principal_id)
) with (fillfactor = 80);
create index refusal_by_age on refusal (workspace_id, at);

-- Bulk imports. rows_done, counts and the rejected rows are written in the transaction of the rows themselves, so that they are true
-- whatever is killed. Whoever goes on with an import raises attempt; a sender before that can then write no further row. active_at: when its
-- server last said that it is at work.
create table import (
  workspace_id bigint not null,
  import bigint not null default nextval('import_number'),
  command json not null,
  state text not null,
  attempt integer not null,
  rows_done bigint not null,
  counts json not null,
  principal_id bigint not null,
  via text not null,
  request text not null,
  started_at timestamptz not null,
  active_at timestamptz not null,
  finished_at timestamptz,
  failure text,
  -- The requests that went on with it, the first one too.
  requests text[] not null,
  -- The import that this one takes back, and the one that took this one back.
  reverts bigint,
  reverted_by bigint,
  plan uuid,
  primary key (workspace_id, import)
) with (fillfactor = 50);
create index import_by_age on import (workspace_id, started_at);
create index import_by_principal on import (workspace_id, principal_id, import);

-- The batches of its change rows, one for each chunk that changed something.
create table import_batch (
  workspace_id bigint not null,
  batch bigint not null,
  import bigint not null,
  primary key (workspace_id, batch)
);
create index import_batch_by_import on import_batch (workspace_id, import, batch);

-- json, not jsonb: what was rejected may be text that jsonb cannot hold.
create table import_rejection (
  workspace_id bigint not null,
  import bigint not null,
  row bigint not null,
  line bigint not null,
  key text,
  violations json not null,
  source text not null,
  primary key (workspace_id, import, row)
);

-- What a write would do, and a hash of it (ADR 0014). call: what was asked, as JSON; body: a hash of what came with it.
create table plan (
  workspace_id bigint not null,
  plan uuid not null,
  kind text not null,
  call text not null,
  body bytea not null,
  digest bytea not null,
  counts json not null,
  actions json not null,
  items_total bigint not null,
  items_kept integer not null,
  principal_id bigint not null,
  via text not null,
  request text not null,
  -- Of a complete set.
  run bigint,
  -- Of a single write. text, not jsonb: what is sent may be text that jsonb cannot hold.
  said text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  applied_at timestamptz,
  primary key (workspace_id, plan)
);
create unique index plan_by_run on plan (workspace_id, run) where run is not null;
create index plan_by_end on plan (workspace_id, expires_at);

-- text, not jsonb: what is refused may be text that jsonb cannot hold.
create table plan_item (
  workspace_id bigint not null,
  plan uuid not null,
  row integer not null,
  item text not null,
  primary key (workspace_id, plan, row)
);

-- What a request with an Idempotency-Key was answered, written in the transaction of what it did. Of a run or an import, which one it is: written when it
-- is begun, with an empty fingerprint, which comes in the transaction that ends it. One without that has come to nothing, or is under way.
create table idempotency (
  workspace_id bigint not null,
  principal_id bigint not null,
  key text collate "C" not null,
  fingerprint text not null,
  outcome text not null,
  at timestamptz not null,
  primary key (workspace_id, principal_id, key)
);
create index idempotency_by_age on idempotency (workspace_id, at);

-- A request whose answer is fetched later: what came of its tasks, in the words of the dialect that it came by (via). key: a second request with
-- the same one is not done. about: the records that the results tell of. Without results it is at work, or was when its server died.
create table job (
  workspace_id bigint not null,
  job bigint not null default nextval('job_number'),
  principal_id bigint not null,
  via text not null,
  key text collate "C",
  tasks int not null,
  results text,
  about bigint[],
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, job)
);
create unique index job_by_key on job (workspace_id, via, key) where key is not null;
create index job_by_age on job (workspace_id, started_at);

-- The workspaces that have, or had, webhooks. Global: a server that delivers must know where to look.
create table webhook_workspace (
  workspace_id bigint primary key
);

-- All up to (after_commit, after_row) of the change feed is delivered. claimed_by: the server that is at work on it, until claimed_until.
create table webhook (
  workspace_id bigint not null,
  webhook bigint not null default nextval('webhook_number'),
  url text not null,
  description text not null,
  types text[] not null,
  events text[] not null,
  state text not null,
  reason text,
  secret_sealed bytea not null,
  after_commit bigint not null,
  after_row integer not null,
  failures integer not null,
  failing_since timestamptz,
  due_at timestamptz,
  claimed_by text,
  claimed_until timestamptz,
  principal_id bigint not null,
  created_at timestamptz not null,
  primary key (workspace_id, webhook)
) with (fillfactor = 50);

-- What became of each event, for some days. The event itself is read from the feed again when it must be.
create table webhook_delivery (
  workspace_id bigint not null,
  webhook bigint not null,
  commit bigint not null,
  row integer not null,
  event text not null,
  state text not null,
  attempts integer not null,
  status integer,
  answer text,
  failure text,
  attempted_at timestamptz,
  primary key (workspace_id, webhook, commit, row)
);
create index webhook_delivery_by_time on webhook_delivery (workspace_id, webhook, attempted_at);
create index webhook_delivery_waiting on webhook_delivery (workspace_id, webhook, commit, row) where state = 'waiting';

-- Who may come in, and what is configured: each change of it, written in the transaction of the change. principal_id null: nobody was signed
-- in. concerned_id: null for what is known by its name alone. before and after hold no secret, and no value of a record.
create table access_event (
  workspace_id bigint not null,
  event bigint not null default nextval('access_event_number'),
  at timestamptz not null,
  principal_id bigint,
  via text not null,
  request text not null,
  action text not null,
  concerned_kind text not null,
  concerned_id bigint,
  concerned_name text not null,
  before jsonb,
  after jsonb,
  primary key (workspace_id, event)
);
create index access_event_by_time on access_event (workspace_id, at, event);

-- When each workspace is to be cleaned of what is too old, and who is at work on it; 0 stands for what belongs to none. changes_from: the
-- first commit whose changes are kept, as a cleaning that is cut short leaves some of those before it. Global: whoever cleans must know where.
create table cleaning (
  workspace_id bigint primary key,
  due_at timestamptz not null,
  claimed_by text,
  claimed_until timestamptz,
  changes_from bigint
);
create index cleaning_due on cleaning (due_at);
insert into cleaning (workspace_id, due_at) values (0, now());
