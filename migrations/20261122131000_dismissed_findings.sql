-- Findings of the checks that a person does not want to see again in this prompt. A key is a rule and a digest of the words it
-- is about, never the words: whoever reads a published prompt reads its row, and what was dismissed may have been a secret.

alter table public.prompts
  add column dismissed_findings text[] not null default '{}',
  add constraint prompts_dismissed_findings_length check (
    cardinality(dismissed_findings) <= 200
    and array_position(dismissed_findings, null) is null
    and length(array_to_string(dismissed_findings, '')) <= 20000);
comment on column public.prompts.dismissed_findings is
  'Keys of findings that the owner dismissed: a rule and a digest of the words. Not part of the text: writing it changes no updated_at.';

-- Read and written by signed-in people; visitors have no use for it.
grant select (dismissed_findings), update (dismissed_findings) on public.prompts to authenticated;
