using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Features.Library;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>The corpus as what stands behind the program's verbs: each is answered in words, and nothing is changed.</summary>
public sealed class VerbTextTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Admin_makes_nobody_an_administrator_by_a_hostile_address()
    {
        await database.CreateUserAsync("chief@example.test");
        foreach (var input in Corpus.Sample(4, 1).Concat(Corpus.All.Where(input => input.Kind is "address" or "sql")))
        {
            await using var output = new StringWriter();
            Assert.Equal(1, await AdminVerb.RunAsync(database.OwnerDataSource, input.Text, output, Stop));
            Assert.False(string.IsNullOrWhiteSpace(output.ToString()));
        }

        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from internal.administrators"));
    }

    [Fact]
    public async Task Import_refuses_what_is_no_file_and_no_person_and_reads_no_device_without_an_end()
    {
        var folder = Directory.CreateTempSubdirectory("metaprompt-verb-");
        var file = Path.Combine(folder.FullName, "a.md");
        await File.WriteAllTextAsync(file, "Write about {{topic}}.", Stop);
        foreach (var input in Corpus.Sample(3, 2).Concat(Corpus.All.Where(input => input.Kind == "path")).Where(input => input.Text is not "/dev/null")
            // A command line is UTF-8 that ends at a NUL: there is neither one nor half of a surrogate pair in it.
            .Select(input => new HostileInput(input.Kind, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(input.Text)).Replace("\0", "", StringComparison.Ordinal))))
        {
            await using var output = new StringWriter();
            Assert.Equal(ImportVerb.Refused, await ImportVerb.RunAsync(database.OwnerDataSource, input.Text, "nobody@example.test", publish: false, null, output, Stop));
            Assert.Equal(ImportVerb.Refused, await ImportVerb.RunAsync(database.OwnerDataSource, file, input.Text, publish: true, input.Text, output, Stop));
        }

        Assert.Equal(0L, await database.OwnerScalarAsync<long>("select count(*) from public.prompts p join auth.users u on u.id = p.user_id where u.email like '%@example.test'"));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_connection_that_is_none_is_named_and_refused()
    {
        foreach (var input in Corpus.All.Where(input => input.Text.Length < 10_000))
        {
            try
            {
                DatabaseSettings.ForMigrator(input.Text, "CONNECTION");
            }
            catch (Data.SettingsException refusal)
            {
                Assert.Equal("CONNECTION", refusal.Setting);
            }
        }
    }
}
