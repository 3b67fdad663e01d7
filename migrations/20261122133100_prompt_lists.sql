-- The orders of the list of one's own prompts. Every page begins where the one before ended, so each order has an index that
-- begins with the person. Titles are compared as people sort them, letters of every language at their place.

create index prompts_user_id_updated_at_idx on public.prompts (user_id, updated_at desc, id desc);
create index prompts_user_id_title_idx on public.prompts (user_id, title collate "und-x-icu", id);

-- How often each of one's prompts was tested is counted from this index alone,
-- with no counter to keep. It serves what the documented index on user_id served.
create index test_results_user_id_prompt_id_idx on public.test_results (user_id, prompt_id);
drop index public.idx_test_results_user_id;
