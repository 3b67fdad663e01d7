using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Importing;
using Npgsql;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// The program's verb <c>import FILE --owner EMAIL [--publish --category NAME]</c>: reads a file of another tool, such as the CSV
/// of prompts.chat, into somebody's library and says what became of every row that was not simply imported.
/// </summary>
public static class ImportVerb
{
    /// <summary>The exit code after a finished import, however many rows were left out.</summary>
    public const int Done = 0;

    /// <summary>The exit code where nothing was tried: no such file, no such person, no such kind of file.</summary>
    public const int Refused = 2;

    private const int MaxCategory = 100;

    /// <summary>Imports a file. Can be repeated: what the person has already is not imported again.</summary>
    /// <param name="owner">Connects as the owner of the tables (the migrator's login).</param>
    /// <param name="file">A path.</param>
    /// <param name="ownerEmail">Whose prompts they become; an account with this address has to exist.</param>
    /// <param name="publish">Whether they are put into the gallery too.</param>
    /// <param name="category">Their category in the gallery; only together with <paramref name="publish"/>.</param>
    /// <param name="output">Takes the report, a line per row left out and a summary at the end.</param>
    /// <param name="cancellationToken">Nothing is imported when it is cancelled.</param>
    /// <returns>The exit code: <see cref="Done"/> or <see cref="Refused"/>.</returns>
    public static async Task<int> RunAsync(
        NpgsqlDataSource owner, string file, string ownerEmail, bool publish, string? category, TextWriter output,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        category = string.IsNullOrWhiteSpace(category) ? null : category.Trim();
        if (Complaint(file, publish, category) is { } complaint)
            return await RefuseAsync(output, complaint).ConfigureAwait(false);

        var clock = Stopwatch.StartNew();
        ReadFile content;
        try
        {
            content = PromptFiles.Read(file, await BytesAsync(file, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return await RefuseAsync(output, $"{file} cannot be imported. {problem.Message}").ConfigureAwait(false);
        }

        var import = new ImportQueries(owner);
        if (await import.FindPersonAsync(ownerEmail.Trim(), cancellationToken).ConfigureAwait(false) is not { } person)
        {
            return await RefuseAsync(
                output, $"There is no account with the address {ownerEmail}. Sign up with it first, or name another one with --owner.").ConfigureAwait(false);
        }

        var present = await import.InsertAsync(
            person, [.. content.Prompts.Select(row => Imported.Of(row.Prompt))], publish ? new ImportPublication(category) : null, cancellationToken).ConfigureAwait(false);
        await ReportAsync(output, content, present, publish, clock.Elapsed).ConfigureAwait(false);
        return Done;
    }

    // Not by the length the file says it has: a device says none and has no end.
    private static async Task<byte[]> BytesAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        using var content = new MemoryStream();
        var part = new byte[64 * 1024];
        while (await stream.ReadAsync(part, cancellationToken).ConfigureAwait(false) is var count && count > 0)
        {
            content.Write(part, 0, count);
            if (content.Length > ImportLimits.FileBytes)
                throw new FormatException($"It is larger than {ImportLimits.FileBytes / 1024 / 1024} MB.");
        }

        return content.ToArray();
    }

    private static string? Complaint(string file, bool publish, string? category)
    {
        if (Directory.Exists(file))
            return $"{file} is a folder. Name the file in it.";
        if (!File.Exists(file))
            return $"There is no file {file}. Check the path; it is read from the folder you are in ({Directory.GetCurrentDirectory()}).";
        if (category is not null && !publish)
            return "--category says where in the gallery the prompts go, so it needs --publish too.";
        return category?.Length > MaxCategory
            ? $"The category has {category.Length} characters; at most {MaxCategory} are possible."
            : null;
    }

    private static async Task<int> RefuseAsync(TextWriter output, string message)
    {
        await output.WriteLineAsync(message).ConfigureAwait(false);
        return Refused;
    }

    private static async Task ReportAsync(
        TextWriter output, ReadFile content, IReadOnlySet<int> present, bool published, TimeSpan elapsed)
    {
        // A title that was cut matters only where the prompt came in.
        var skipped = content.Prompts.Where((_, place) => present.Contains(place)).Select(row => row.Row).ToHashSet();
        var already = content.Prompts.Where((_, place) => present.Contains(place))
            .Select(row => new RowNote(row.Row, row.Line, "this person has the same prompt already", IsDuplicate: true));
        var notes = content.Prompts.Where(row => !skipped.Contains(row.Row)).SelectMany(row => row.Notes, (row, note) => new RowNote(row.Row, row.Line, note)).ToList();
        var leftOut = content.Problems.Concat(already).ToList();

        foreach (var note in leftOut.OrderBy(note => note.Row))
            await output.WriteLineAsync($"Row {note.Row} (line {note.Line}) left out: {note.Text}.").ConfigureAwait(false);
        foreach (var note in notes)
            await output.WriteLineAsync($"Row {note.Row} (line {note.Line}): {note.Text}.").ConfigureAwait(false);

        var imported = content.Prompts.Count - present.Count;
        var withVariables = content.Prompts.Where((row, place) => !present.Contains(place) && row.Prompt.Variables.Count > 0).Count();
        var duplicates = leftOut.Count(note => note.IsDuplicate);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Imported {imported:N0} of {content.Count:N0} prompts{(published && imported > 0 ? " and published them" : "")} in {elapsed.TotalSeconds:0.0} s: {withVariables:N0} with variables; left out {duplicates:N0} duplicates and {leftOut.Count - duplicates:N0} bad rows; cut {notes.Count(note => note.Text.StartsWith("title cut", StringComparison.Ordinal)):N0} titles."))
            .ConfigureAwait(false);
        if (published && present.Count > 0)
            await output.WriteLineAsync("Prompts that were there already are left as they are, published or not.").ConfigureAwait(false);
    }
}
