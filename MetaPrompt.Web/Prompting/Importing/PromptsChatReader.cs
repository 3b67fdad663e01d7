using System.Text.Unicode;
using CsvHelper;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// Reads the CSV of prompts.chat: columns <c>act, prompt, for_devs, type</c> and sometimes <c>contributor</c>, placeholders
/// <c>${Name}</c> and <c>${Name:default}</c>. A row that cannot be used is told with its number and the reason; the others
/// are not held up by it.
/// </summary>
internal static class PromptsChatReader
{
    private const int MaxTag = 30;
    private const int MaxRecordBytes = 16 * 1024 * 1024;

    /// <summary>Reads a whole file, row by row.</summary>
    /// <param name="csv">UTF-8, or UTF-16 with a byte order mark; disposed by this method.</param>
    /// <exception cref="FormatException">The first line does not name the columns "act" and "prompt".</exception>
    public static ReadFile Read(Stream csv)
    {
        CsvMalformedRecord? broken = null;
        using var reader = CsvReader.Create(csv, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = record => broken = record,
        });
        var columns = Columns(reader);

        var rows = new List<ReadPrompt>();
        var problems = new List<RowNote>();
        var firstWithText = new Dictionary<string, int>(StringComparer.Ordinal);
        var count = 0;
        try
        {
            while (reader.Read())
            {
                count++;
                // Spreadsheets count the heading as row 1.
                var row = (int)reader.RowNumber + 1;
                var line = reader.LineNumber;
                var malformed = broken;
                broken = null;
                if (Unreadable(reader, malformed, columns.Count) is { } reason)
                {
                    problems.Add(new RowNote(row, line, reason));
                    continue;
                }

                if (Prompt(reader, columns, out var prompt, out var notes) is { } missing)
                {
                    problems.Add(new RowNote(row, line, missing));
                    continue;
                }

                if (!firstWithText.TryAdd(prompt!.Template, row))
                {
                    problems.Add(new RowNote(row, line, $"the same prompt as row {firstWithText[prompt.Template]}", IsDuplicate: true));
                    continue;
                }

                rows.Add(new ReadPrompt(row, line, prompt, notes));
            }
        }
        catch (CsvFormatException problem)
        {
            // The reader's only refusal left: a record larger than its limit, as after a quotation mark that is never closed.
            count++;
            problems.Add(new RowNote(
                count + 1, problem.LineNumber,
                $"longer than {MaxRecordBytes / 1024 / 1024} MB, probably for a missing quotation mark; nothing after it was read"));
        }

        return new ReadFile { Format = PromptFormat.PromptsChat, Count = count, Prompts = rows, Problems = problems };
    }

    private static ColumnPlaces Columns(CsvReader reader)
    {
        IReadOnlyList<string> headers;
        try
        {
            headers = [.. reader.Headers];
        }
        catch (CsvFormatException)
        {
            // What begins with one endless line is no CSV at all; the message below says what is expected.
            headers = [];
        }

        int Place(string name) => headers.ToList().FindIndex(header => header.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
        var places = new ColumnPlaces(Place("act"), Place("prompt"), Place("for_devs"), Place("type"), headers.Count);
        return places is { Act: >= 0, Prompt: >= 0 }
            ? places
            : throw new FormatException("It is not a CSV file of prompts: its first line has to name the columns act and prompt (act,prompt,for_devs,type).");
    }

    private static string? Unreadable(CsvReader reader, CsvMalformedRecord? malformed, int columns)
    {
        if (!Utf8.IsValid(reader.RawRecord))
            return "contains bytes that are not UTF-8";
        if (malformed is { Reason: CsvMalformedReason.UnterminatedQuote })
            return "a quotation mark is never closed, so that the row runs to the end of the file";
        if (malformed is { Reason: CsvMalformedReason.TextAfterClosingQuote })
            return "text follows a closing quotation mark; quotation marks inside a field have to be doubled";
        return reader.FieldCount == columns
            ? null
            : $"has {Count(reader.FieldCount, "column")} where the first line names {columns}";
    }

    private static string? Prompt(CsvReader reader, ColumnPlaces columns, out PortablePrompt? prompt, out List<string> notes)
    {
        prompt = null;
        notes = [];
        var title = Lines.Collapse(reader.GetString(columns.Act));
        var text = FileText.LineEnds(reader.GetString(columns.Prompt)).Trim();
        if (title.Length == 0)
            return "has no title (column act)";
        if (text.Length == 0)
            return "has no prompt";
        if (title.Contains('\0', StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal))
            return "contains a NUL character";
        if (title.Length > ImportLimits.Title)
        {
            title = Lines.Shorten(title, ImportLimits.Title);
            notes.Add($"title cut to {ImportLimits.Title} characters");
        }

        text = FileText.WithoutControls(text, out var removed);
        title = FileText.WithoutControls(title, out _);
        if (removed > 0)
            notes.Add($"{removed} control character{(removed == 1 ? " was" : "s were")} left out");
        if (text.AsSpan().Count("${") + text.AsSpan().Count("{{") > ImportLimits.Placeholders)
            return RawPrompt.TooMany;
        var conversion = ForeignText.Convert(text);
        if (conversion.Template.Length > ImportLimits.Template)
            return RawPrompt.TooLong(conversion.Template.Length);
        if (conversion.Variables.Count > ImportLimits.Names)
            return RawPrompt.TooMany;
        if (!ImportLimits.Fit(conversion.Variables))
            return "has more text in its variables than can be kept";
        prompt = new PortablePrompt
        {
            Title = title,
            Goal = GoalOf.Prompt(conversion.Template, conversion.Variables, title),
            Template = conversion.Template,
            Variables = conversion.Variables,
            Tags = Tags(reader, columns),
        };
        return null;
    }

    // What the file knows beyond title and text; "TEXT" says nothing that a visitor would search for.
    private static List<string> Tags(CsvReader reader, ColumnPlaces columns)
    {
        var tags = new List<string>();
        if (columns.ForDevs >= 0 && reader.GetString(columns.ForDevs).Trim().Equals("TRUE", StringComparison.OrdinalIgnoreCase))
            tags.Add("developers");
        var type = columns.Type >= 0 ? reader.GetString(columns.Type).Trim().ToLowerInvariant() : "";
        if (type is not ("" or "text") && type.Length <= MaxTag && type.All(char.IsAsciiLetterOrDigit))
            tags.Add(type);
        return tags;
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private sealed record ColumnPlaces(int Act, int Prompt, int ForDevs, int Type, int Count);
}
