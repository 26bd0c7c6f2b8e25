-- The server works as keyway_app, which owns nothing and cannot bypass row-level security. A transaction names its workspace in
-- keyway.workspace; without it, no row is seen.

grant usage on schema public to keyway_app;
grant usage on all sequences in schema public to keyway_app;
grant select, insert, update, delete on all tables in schema public to keyway_app;
revoke all on schema_migration from keyway_app;
grant select on schema_migration to keyway_app;

do $$
declare
  name text;
begin
  foreach name in array array[
    'workspace_schema', 'workspace_schema_history', 'record', 'record_key', 'field_index', 'link', 'link_stamp', 'pending_link', 'commit_counter', 'commit', 'change',
    'interface_record', 'interface_lock', 'run', 'held_delete', 'leaver', 'queued_part', 'staging', 'issue', 'run_element', 'import', 'import_rejection',
    'import_batch', 'idempotency', 'job', 'webhook', 'webhook_delivery', 'refusal', 'record_alias', 'numbering', 'record_merge', 'plan', 'plan_item',
    'access_event'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy workspace_fence on %I using (workspace_id = (select nullif(current_setting(''keyway.workspace'', true), '''')::bigint))',
      name
    );
  end loop;
end $$;
