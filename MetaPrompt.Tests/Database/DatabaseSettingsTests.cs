using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>A wrong or half-given setting stops the start and is named.</summary>
public sealed class DatabaseSettingsTests
{
    private const string App = "Host=db;Database=app;Username=metaprompt_app;Password=x";
    private const string Owner = "Host=db;Database=app;Username=postgres;Password=x";

    [Fact]
    public void Nothing_given_means_the_embedded_server_below_the_solution()
    {
        var settings = Read();

        Assert.Null(settings.AppConnectionString);
        Assert.Null(settings.MigratorConnectionString);
        Assert.True(Path.IsPathFullyQualified(settings.Embedded.DataFolder));
    }

    [Fact]
    public void The_data_folder_is_beside_the_solution_wherever_the_program_was_started()
    {
        using var top = new TemporaryFolder();
        File.WriteAllText(Path.Combine(top.Path, "MetaPrompt.sln"), "");
        var inner = Directory.CreateDirectory(Path.Combine(top.Path, "MetaPrompt.Web", "bin")).FullName;

        Assert.Equal(Path.Combine(top.Path, ".metaprompt", "postgres"), Read(inner).Embedded.DataFolder);
        Assert.Equal(Path.Combine(top.Path, "elsewhere"), Read(inner, ("Embedded:DataFolder", "elsewhere")).Embedded.DataFolder);
    }

    [Fact]
    public void Without_a_solution_it_is_where_the_program_was_started()
    {
        using var top = new TemporaryFolder();
        Assert.Equal(Path.Combine(top.Path, ".metaprompt", "postgres"), Read(top.Path).Embedded.DataFolder);
    }

    [Theory]
    [InlineData("ConnectionStrings:MetaPrompt", "ConnectionStrings:Migrator", Owner)]
    [InlineData("ConnectionStrings:MetaPrompt", "ConnectionStrings:MetaPrompt", "postgresql://me@db/app")]
    [InlineData("ConnectionStrings:MetaPrompt", "ConnectionStrings:MetaPrompt", "Host=db;Database=app")]
    [InlineData("ConnectionStrings:MetaPrompt", "ConnectionStrings:MetaPrompt", "Hots=db")]
    [InlineData("ConnectionStrings:MetaPrompt", "ConnectionStrings:MetaPrompt", "Host=db;Port=many;Database=app;Username=me")]
    [InlineData("ConnectionStrings:MetaPrompt", "Supabase:Url", "https://project.supabase.co")]
    [InlineData("Embedded:Download", "Embedded:Download", "maybe")]
    [InlineData("ConnectionStrings:Session", "ConnectionStrings:Session", App)]
    [InlineData("Replicas:Hosts", "Replicas:Hosts", "replica:5432")]
    public void One_wrong_setting_is_named(string named, string setting, string value)
    {
        Assert.Equal(named, Assert.Throws<SettingsException>(() => Read(null, (setting, value))).Setting);
    }

    [Fact]
    public void A_transaction_pooler_is_not_for_migrations()
    {
        var refusal = Assert.Throws<SettingsException>(
            () => Read(null, ("ConnectionStrings:MetaPrompt", App), ("ConnectionStrings:Migrator", Owner + ";Port=6543")));

        Assert.Equal("ConnectionStrings:Migrator", refusal.Setting);
    }

    [Fact]
    public void Behind_a_transaction_pooler_nothing_is_kept_in_the_session()
    {
        var address = new NpgsqlConnectionStringBuilder(
            Read(null, ("ConnectionStrings:MetaPrompt", App + ";Port=6543;Max Auto Prepare=20;Multiplexing=true")).AppConnectionString);

        Assert.True(address.NoResetOnClose);
        Assert.Equal(0, address.MaxAutoPrepare);
        Assert.False(address.Multiplexing);
    }

    [Theory]
    [InlineData("Database:TransactionPooler", "perhaps")]
    [InlineData("ConnectionStrings:Session", App + ";Port=6543")]
    [InlineData("Replicas:Hosts", "postgres://replica")]
    [InlineData("Replicas:Hosts", "replica:many")]
    [InlineData("Replicas:Hosts", ",")]
    public void One_wrong_setting_beside_a_database_is_named(string setting, string value)
    {
        Assert.Equal(setting, Assert.Throws<SettingsException>(() => Read(null, ("ConnectionStrings:MetaPrompt", App), (setting, value))).Setting);
    }

    [Theory]
    [InlineData("", 5432, false)]
    [InlineData("", 6543, true)]
    [InlineData("true", 6432, true)]
    [InlineData("false", 6543, false)]
    public void A_transaction_pooler_is_known_by_its_port_or_by_the_setting_and_nobody_listens_there(string setting, int port, bool pooled)
    {
        (string, string?)[] settings = [("ConnectionStrings:MetaPrompt", $"{App};Port={port}"), ("Database:TransactionPooler", setting)];
        var address = new NpgsqlConnectionStringBuilder(Read(null, settings).AppConnectionString);

        Assert.Equal(pooled ? 0 : 100, address.MaxAutoPrepare);
        Assert.Equal(pooled, Read(null, settings).SessionConnectionString is null);
        var past = Read(null, [.. settings, ("ConnectionStrings:Session", App + ";Port=5499")]).SessionConnectionString;
        Assert.Equal(5499, new NpgsqlConnectionStringBuilder(past).Port);
    }

    [Fact]
    public void Replicas_are_asked_with_the_apps_login_before_the_primary()
    {
        var replicas = Read(null, ("ConnectionStrings:MetaPrompt", App + ";Port=6000"), ("Replicas:Hosts", "one, two:5499"), ("Replicas:MaxLagSeconds", "0.5")).Replicas!;

        Assert.Equal("one:5432,two:5499,db:6000", new NpgsqlConnectionStringBuilder(replicas.Together).Host);
        Assert.Equal("metaprompt_app", new NpgsqlConnectionStringBuilder(replicas.Together).Username);
        Assert.Equal(["one:5432", "two:5499"], replicas.Each.Select(one => new NpgsqlConnectionStringBuilder(one)).Select(one => $"{one.Host}:{one.Port}"));
        Assert.Equal(TimeSpan.FromSeconds(0.5), replicas.MaxLag);
    }

    [Fact]
    public void What_the_connection_string_says_holds()
    {
        var said = new NpgsqlConnectionStringBuilder(
            Read(null, ("ConnectionStrings:MetaPrompt", App + ";Application Name=Mine;Minimum Pool Size=9;Max Auto Prepare=20;No Reset On Close=false")).AppConnectionString);
        Assert.Equal(("Mine", 9, 20, false), (said.ApplicationName, said.MinPoolSize, said.MaxAutoPrepare, said.NoResetOnClose));

        var unsaid = new NpgsqlConnectionStringBuilder(Read(null, ("ConnectionStrings:MetaPrompt", App + ";Maximum Pool Size=2")).AppConnectionString);
        Assert.Equal(("MetaPrompt", 2, 100, true), (unsaid.ApplicationName, unsaid.MinPoolSize, unsaid.MaxAutoPrepare, unsaid.NoResetOnClose));
    }

    private static DatabaseSettings Read(string? contentRoot = null, params (string Key, string? Value)[] settings) => DatabaseSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build(),
        contentRoot ?? AppContext.BaseDirectory);

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("metaprompt-settings-");

        public TemporaryFolder()
        {
            if (!OperatingSystem.IsWindows())
                _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
