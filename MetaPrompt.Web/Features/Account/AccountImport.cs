using System.Text;
using System.Text.Json;
using MetaPrompt.Data.Accounts;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary>
/// Brings the file of <c>GET /account/export</c> into an account, its own or another: what is there already stays as it is,
/// and the same file twice adds nothing the second time. One file at a time: each is held in memory while it is read.
/// </summary>
public sealed class AccountImport(AccountImportQueries queries) : IDisposable
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 100 * 1024 * 1024;

    private const string Format = "metaprompt.account/1";

    // So much goes in one statement, all or none; a prompt with its versions is one row, however long.
    private const int StatementLength = 2_000_000;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Brings it in.</summary>
    /// <returns>What became of each section that the file has rows of.</returns>
    /// <exception cref="AccountImportException">It is no such file; the message says so to the person, and what was brought in before.</exception>
    /// <exception cref="NpgsqlException">The database is away. What was brought in stays; the same file goes on from there.</exception>
    public async Task<IReadOnlyList<ImportedSection>> BringAsync(Guid userId, Stream file, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var document = await ReadAsync(file, cancellationToken);
            var sections = new List<ImportedSection>();
            foreach (var section in AccountImportQueries.Sections)
            {
                var done = await BringAsync(userId, section, document.RootElement, sections, cancellationToken);
                if (done.Rows > 0)
                    sections.Add(done);
            }

            return sections;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static async Task<JsonDocument> ReadAsync(Stream file, CancellationToken cancellationToken)
    {
        try
        {
            var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("format", out var format)
                && format.ValueKind == JsonValueKind.String && format.GetString() == Format)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Said below, with what to do: where in the file it stopped being JSON helps nobody.
        }

        throw new AccountImportException("That file is no download of an account. Choose the file that \"Download as JSON\" gave, metaprompt-….json, as it is. Prompts of other tools are brought in under Prompts, Import.");
    }

    private async Task<ImportedSection> BringAsync(
        Guid userId, string section, JsonElement root, List<ImportedSection> before, CancellationToken cancellationToken)
    {
        var (rows, added, fullUp) = (0, 0, 0);
        try
        {
            foreach (var (statement, count) in Statements(section, root))
            {
                var done = await queries.ImportAsync(userId, section, statement, cancellationToken);
                rows += count;
                added += done.Added;
                fullUp += done.FullUp;
            }
        }
        catch (PostgresException wrong) when (wrong.SqlState.StartsWith("22", StringComparison.Ordinal) || wrong.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            before.Add(new ImportedSection(section, rows, added, fullUp));
            throw new AccountImportException(
                $"What the file says about {ImportedSection.WordsFor(section)} is not as this program writes it, so nothing more was brought in. Was it edited? With the file as it was downloaded, bring it in again: it goes on from here.", before);
        }

        return new ImportedSection(section, rows, added, fullUp);
    }

    private static IEnumerable<(string Json, int Count)> Statements(string section, JsonElement root)
    {
        var versions = section == "prompts" ? Rows(root, "prompt_versions").ToLookup(PromptOf, StringComparer.Ordinal) : null;
        var json = new StringBuilder("[");
        var count = 0;
        foreach (var row in Rows(root, section == "test_cells" ? "test_runs" : section))
        {
            if (count++ > 0)
                json.Append(',');
            json.Append(versions is null ? row.GetRawText() : WithVersions(row, versions[IdOf(row)]));
            if (json.Length < StatementLength)
                continue;
            yield return (json.Append(']').ToString(), count);
            json.Clear().Append('[');
            count = 0;
        }

        if (count > 0)
            yield return (json.Append(']').ToString(), count);
    }

    // The same name twice is one value to PostgreSQL, the last; so what stands in the file under that name is never used.
    private static string WithVersions(JsonElement prompt, IEnumerable<JsonElement> versions)
    {
        var text = prompt.GetRawText().TrimEnd();
        var list = $"\"versions\":[{string.Join(',', versions.Select(version => version.GetRawText()))}]}}";
        return text.TrimEnd('}').TrimEnd() is "{" ? "{" + list : $"{text[..^1]},{list}";
    }

    private static string IdOf(JsonElement row) => Text(row, "id");

    private static string PromptOf(JsonElement row) => Text(row, "prompt_id");

    private static string Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    // A row that is no object is none of ours; whoever wrote it meant nothing that could be brought in.
    private static IEnumerable<JsonElement> Rows(JsonElement root, string section) =>
        root.TryGetProperty(section, out var rows) && rows.ValueKind == JsonValueKind.Array
            ? rows.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object)
            : [];
}

/// <summary>What became of one kind of row.</summary>
/// <param name="Section">One of <see cref="AccountImportQueries.Sections"/>.</param>
/// <param name="Rows">How many the file has.</param>
/// <param name="Added">How many are new.</param>
/// <param name="FullUp">How many a limit of the account kept out.</param>
public sealed record ImportedSection(string Section, int Rows, int Added, int FullUp)
{
    /// <summary>What people call it.</summary>
    public string Words => WordsFor(Section);

    /// <summary>What people call the rows of a section.</summary>
    public static string WordsFor(string section) => section switch
    {
        "prompts" => "prompts and their versions",
        "prompt_answers" => "questions and answers",
        "prompt_drafts" => "drafts",
        "labels" => "labels",
        "test_cases" => "test cases",
        "prompt_assertions" => "checks of prompts",
        "parameter_presets" => "presets",
        "test_runs" => "runs",
        "test_results" => "results",
        "test_cells" => "cells of runs",
        "test_verdicts" => "outcomes of checks",
        "collections" => "collections",
        "user_favorites" => "favorites",
        "follows" => "followed authors",
        _ => throw new ArgumentOutOfRangeException(nameof(section), section, "That section is not brought in."),
    };
}

/// <summary>A file that cannot be brought in; the message is for the person.</summary>
public sealed class AccountImportException : Exception
{
    /// <summary>With what became of the sections before.</summary>
    public AccountImportException(string message, IReadOnlyList<ImportedSection>? before = null)
        : base(message) => Before = before ?? [];

    /// <summary>What was brought in before, which stays.</summary>
    public IReadOnlyList<ImportedSection> Before { get; }
}
