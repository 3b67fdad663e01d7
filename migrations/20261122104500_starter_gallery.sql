-- What the program has put into the starter gallery. It outlives the rows themselves: a starter template that an
-- administrator deleted is still written down here and so does not come back at the next start.

create table internal.starter_templates (
  slug text primary key,
  prompt_id uuid not null,
  template_id uuid not null,
  fingerprint text not null,
  added_at timestamptz not null default now(),
  written_at timestamptz not null default now()
);
comment on table internal.starter_templates is
  'Starter templates that were added once. No foreign keys: a line has to outlive its prompt.';
comment on column internal.starter_templates.slug is 'The name of the starter file, without its ending.';
comment on column internal.starter_templates.fingerprint is
  'SHA-256 of the file''s contents as they were last written to the prompt; another one means that the file has changed since.';
alter table internal.starter_templates enable row level security;
create policy starter_templates_nobody on internal.starter_templates for all to anon, authenticated using (false);
comment on policy starter_templates_nobody on internal.starter_templates is 'The owner''s login alone reads and writes it.';
