using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Tests;

/// <summary>The test cases of the caller's prompts, and the assertions that hold for all cases of a prompt.</summary>
public sealed class TestCaseQueries(Db db)
{
    /// <summary>The most test cases of a prompt.</summary>
    public const int MostCases = 1_000;

    /// <summary>The most characters of a name.</summary>
    public const int LongestName = 200;

    private const string List =
        """
        -- test_cases.list
        select c.id, c.name, c.variable_values::text, c.assertions::text, c.position
        from public.test_cases c
        where c.prompt_id = @PromptId and c.user_id = (select auth.uid())
        order by c.position, c.id
        """;

    // Who wrote a row last has written it: two windows seldom type into the same one, and neither loses another.
    private const string Save =
        """
        -- test_cases.save
        insert into public.test_cases as c (id, user_id, prompt_id, name, variable_values, assertions, position)
        select n.id, (select auth.uid()), @PromptId, n.name, n.variable_values, n.assertions, n.position
        from unnest(@Ids, @Names, @Values::jsonb[], @Assertions::jsonb[], @Positions) as n (id, name, variable_values, assertions, position)
        on conflict (id) do update
          set name = excluded.name, variable_values = excluded.variable_values, assertions = excluded.assertions,
            position = excluded.position, updated_at = now()
          where c.prompt_id = excluded.prompt_id
        """;

    private const string Order =
        """
        -- test_cases.order
        update public.test_cases c set position = o.place - 1, updated_at = now()
        from unnest(@Ids) with ordinality as o (id, place)
        where c.id = o.id and c.prompt_id = @PromptId and c.user_id = (select auth.uid()) and c.position <> o.place - 1
        """;

    private const string Delete =
        """
        -- test_cases.delete
        delete from public.test_cases c
        where c.id = any (@Ids) and c.prompt_id = @PromptId and c.user_id = (select auth.uid())
        """;

    private const string ForAll =
        """
        -- prompt_assertions.find
        select a.assertions::text from public.prompt_assertions a
        where a.prompt_id = @PromptId and a.user_id = (select auth.uid())
        """;

    private const string SaveForAll =
        """
        -- prompt_assertions.save
        insert into public.prompt_assertions (prompt_id, user_id, assertions)
        values (@PromptId, (select auth.uid()), @Assertions::jsonb)
        on conflict (prompt_id) do update set assertions = excluded.assertions, updated_at = now()
        """;

    /// <summary>The test cases of a prompt of the caller's, in their order.</summary>
    public Task<IReadOnlyList<TestCase>> ListAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<TestCase>(caller, List, new { PromptId = promptId }, cancellationToken);

    /// <summary>
    /// Keeps cases as they are, all or none: those that are not there (any more) are made, so a deleted case saved again is
    /// back under its id. Of a case that two windows changed, the later one's stays. A longer name is cut.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">
    /// 42501, 23503: the prompt or a case is not the caller's; 54000: more than <see cref="MostCases"/>; 23514: a case has more
    /// than 50 assertions, assertions of over 200 kB or values of over 1 MB.
    /// </exception>
    public Task SaveAsync(Caller caller, Guid promptId, IReadOnlyCollection<TestCase> cases, CancellationToken cancellationToken) =>
        cases.Count == 0 ? Task.CompletedTask : db.ExecuteAsync(caller, Save, new
        {
            PromptId = promptId,
            Ids = cases.Select(row => row.Id).ToArray(),
            Names = cases.Select(row => Cut(row.Name)).ToArray(),
            Values = cases.Select(row => JsonText.Storable(row.VariableValues)).ToArray(),
            Assertions = cases.Select(row => JsonText.Storable(row.Assertions)).ToArray(),
            Positions = cases.Select(row => row.Position).ToArray(),
        }, cancellationToken);

    /// <summary>Puts the cases into this order: the place of each in the list becomes its position.</summary>
    public Task OrderAsync(Caller caller, Guid promptId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Order, new { PromptId = promptId, Ids = ids.ToArray() }, cancellationToken);

    /// <summary>Deletes cases; their results stay, with the case's name. <see cref="SaveAsync"/> undoes it. Returns how many there were.</summary>
    public Task<int> DeleteAsync(Caller caller, Guid promptId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Delete, new { PromptId = promptId, Ids = ids.ToArray() }, cancellationToken);

    /// <summary>The assertions for all cases of a prompt, as a JSON list; <c>[]</c> where there are none.</summary>
    public async Task<string> AssertionsAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        await db.FirstOrDefaultAsync<string>(caller, ForAll, new { PromptId = promptId }, cancellationToken).ConfigureAwait(false) ?? "[]";

    /// <summary>Keeps the assertions for all cases of a prompt.</summary>
    /// <exception cref="Npgsql.PostgresException">42501, 23503: the prompt is not the caller's; 23514: more than 50, or over 200 kB.</exception>
    public Task SaveAssertionsAsync(Caller caller, Guid promptId, string assertions, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, SaveForAll, new { PromptId = promptId, Assertions = JsonText.Storable(assertions) }, cancellationToken);

    private static string Cut(string name) =>
        name.Length <= LongestName ? name : name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)];
}
