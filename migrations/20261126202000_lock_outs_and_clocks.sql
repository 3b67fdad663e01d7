-- An address is locked for a quarter of an hour at most. A lock that ends later was given by a clock that has been stepped back
-- since, and would hold for as long as the step was: it is cut to the quarter of an hour, once.
create or replace function internal.begin_sign_in(email_hash bytea) returns interval
language plpgsql
security definer
set search_path = ''
as $$
declare
  attempt internal.sign_in_attempts;
  tries integer;
begin
  loop
    select * into attempt from internal.sign_in_attempts a where a.email_hash = begin_sign_in.email_hash for update;
    exit when found;
    insert into internal.sign_in_attempts (email_hash) values (begin_sign_in.email_hash) on conflict do nothing;
  end loop;

  if attempt.locked_until > clock_timestamp() + interval '15 minutes' then
    update internal.sign_in_attempts a
    set locked_until = clock_timestamp() + interval '15 minutes', last_at = clock_timestamp()
    where a.email_hash = begin_sign_in.email_hash
    returning a.* into attempt;
  end if;
  if attempt.locked_until > clock_timestamp() then
    return attempt.locked_until - clock_timestamp();
  end if;

  tries := case when attempt.last_at < clock_timestamp() - interval '1 day' then 1 else attempt.failures + 1 end;
  update internal.sign_in_attempts a
  set failures = tries,
    last_at = clock_timestamp(),
    locked_until = case when tries >= 5
      then clock_timestamp() + least(interval '15 minutes', interval '30 seconds' * 2 ^ least(tries - 5, 10)) end
  where a.email_hash = begin_sign_in.email_hash;
  return null;
end
$$;
