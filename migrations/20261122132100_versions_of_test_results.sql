-- A result names the version of the prompt that was tested: the text may have changed while the model was answering.

alter table public.test_results
  add column prompt_version integer,
  add constraint test_results_prompt_version check (prompt_version > 0);
comment on column public.test_results.prompt_version is
  'The number of the version whose text was run, as the page had read it; null where unknown. The version itself may have been dropped since.';
grant insert (prompt_version) on public.test_results to authenticated;
