using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Policies;

/// <summary>Every account has its row in <c>public.users</c>, whatever the account store writes.</summary>
public sealed class AccountMirrorTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private sealed record Row(string Email, string? Name, string? Avatar);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"full_name":"Ada Lovelace","avatar_url":"https://example.test/a.png"}""", "Ada Lovelace", "https://example.test/a.png")]
    [InlineData("""{"full_name":"  Ada  "}""", "Ada", null)]
    [InlineData("""{"full_name":" ","name":"From elsewhere"}""", "From elsewhere", null)]
    [InlineData("""{"name":"From elsewhere"}""", "From elsewhere", null)]
    [InlineData("""{"full_name":"","name":""}""", null, null)]
    [InlineData("{}", null, null)]
    [InlineData("null", null, null)]
    [InlineData("""{"full_name":{"first":"A"},"avatar_url":"javascript:alert(1)"}""", """{"first": "A"}""", null)]
    [InlineData("""{"avatar_url":"http://example.test/a.png"}""", null, null)]
    public async Task A_new_account_has_its_row_at_once_with_what_is_usable(string metadata, string? name, string? avatar)
    {
        var id = await CreateAsync(metadata);

        Assert.Equal(new Row(Address(id), name, avatar), await RowAsync(id));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_cut_and_never_stops_a_sign_up()
    {
        var id = await CreateAsync($$"""{"full_name":"{{new string('é', 300)}}","avatar_url":"https://{{new string('a', 3000)}}"}""");

        Assert.Equal(new Row(Address(id), new string('é', 255), null), await RowAsync(id));
    }

    [Fact]
    public async Task A_changed_address_is_followed_and_nothing_else_of_the_row_changes()
    {
        var id = await CreateAsync("""{"full_name":"Ada"}""");
        await database.OwnerAsync("update public.users set full_name = 'Ada L.' where id = @id", ("id", id));

        await database.OwnerAsync("update auth.users set email = @email where id = @id", ("id", id), ("email", "new-" + Address(id)));

        Assert.Equal(new Row("new-" + Address(id), "Ada L.", null), await RowAsync(id));
    }

    [Fact]
    public async Task An_anonymous_sign_in_has_no_row_until_it_has_an_address()
    {
        var id = Guid.NewGuid();
        await database.OwnerAsync("insert into auth.users (id, email, is_anonymous) values (@id, null, true)", ("id", id));
        Assert.Null(await RowAsync(id));

        await database.OwnerAsync(
            """update auth.users set email = @email, is_anonymous = false, raw_user_meta_data = '{"full_name":"Ada"}' where id = @id""",
            ("id", id), ("email", Address(id)));

        Assert.Equal(new Row(Address(id), "Ada", null), await RowAsync(id));
    }

    [Fact]
    public async Task An_account_that_ends_takes_its_row_and_all_that_hangs_on_it()
    {
        var id = await CreateAsync("{}");
        await database.CreatePromptAsync(id);

        await database.OwnerAsync("delete from auth.users where id = @id", ("id", id));

        Assert.Null(await RowAsync(id));
        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @id", ("id", id)));
    }

    [Fact]
    public async Task A_change_of_ones_profile_is_dated_and_to_write_the_same_again_is_none()
    {
        var id = await CreateAsync("{}");
        await database.OwnerAsync("alter table public.users disable trigger users_touch_updated_at; update public.users set updated_at = '2020-01-01' where id = @id; alter table public.users enable trigger users_touch_updated_at;", ("id", id));

        var person = Actor.Person("person", id);
        Assert.Equal("1", await person.TryAsync(database.AppDataSource, "update public.users set full_name = full_name", _ct));
        Assert.Equal(2020, (await database.OwnerScalarAsync<DateTime>("select updated_at from public.users where id = @id", ("id", id))).Year);

        Assert.Equal("1", await person.TryAsync(database.AppDataSource, "update public.users set full_name = 'New'", _ct));
        Assert.NotEqual(2020, (await database.OwnerScalarAsync<DateTime>("select updated_at from public.users where id = @id", ("id", id))).Year);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://example.test/a.png")]
    [InlineData("data:text/html,x")]
    [InlineData(" https://example.test/a.png")]
    public async Task A_picture_that_is_no_safe_address_is_refused(string address)
    {
        var person = Actor.Person("person", await CreateAsync("{}"));
        Assert.Equal(PostgresErrorCodes.CheckViolation, await person.TryAsync(
            database.AppDataSource, "update public.users set avatar_url = @address", _ct, ("address", address)));
    }

    private static string Address(Guid id) => $"{id:N}@example.test";

    private async Task<Guid> CreateAsync(string metadata)
    {
        var id = Guid.NewGuid();
        await database.OwnerAsync(
            "insert into auth.users (id, email, raw_user_meta_data) values (@id, @email, @metadata::jsonb)",
            ("id", id), ("email", Address(id)), ("metadata", metadata));
        return id;
    }

    private async Task<Row?> RowAsync(Guid id)
    {
        await using var command = database.OwnerDataSource.CreateCommand("select email, full_name, avatar_url from public.users where id = $1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(_ct);
        if (!await reader.ReadAsync(_ct))
            return null;
        return new Row(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
    }
}
