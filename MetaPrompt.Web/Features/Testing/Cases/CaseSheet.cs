using System.Globalization;
using System.Text;
using CsvHelper;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>What was read from a spreadsheet's cells or a CSV file.</summary>
public sealed record SheetReading
{
    /// <summary>One per row that has anything in it, without ids that mean anything.</summary>
    public IReadOnlyList<CaseDraft> Cases { get; init; } = [];

    /// <summary>The variables that columns were found for, in the table's order.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Whether the first row named the columns; else they were taken in the order of the variables.</summary>
    public bool HasHeader { get; init; }

    /// <summary>What was left out and why, as sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Why nothing could be read; null where something was.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Test cases as a table of text: pasted from a spreadsheet, or a CSV file in and out. Columns are named after the variables;
/// <c>__description</c> is the case's name and <c>__expected</c> an assertion, as in promptfoo; <c>__checks</c> has, as JSON,
/// the assertions promptfoo has no text for.
/// </summary>
public static class CaseSheet
{
    /// <summary>The most characters that are read.</summary>
    public const int MostCharacters = 3_000_000;

    private const string NameColumn = "__description";
    private const string ExpectedColumn = "__expected";
    private const string ChecksColumn = "__checks";

    /// <summary>The cells of a text, row by row, without empty rows; the separator is found in its first line.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Cells(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rows = new List<IReadOnlyList<string>>();
        using var reader = CsvReader.FromText(text.TrimStart('\ufeff'), new CsvReaderOptions { HasHeader = false, Separator = Separator(text), MaxRecordSize = 16 * 1024 * 1024 });
        try
        {
            // One more than fits tells that there are more.
            while (rows.Count <= TestCaseQueries.MostCases + 1 && reader.Read())
            {
                string[] row = [.. Enumerable.Range(0, reader.FieldCount).Select(field => Unguarded(CleanText.Of(reader.GetString(field))))];
                if (row.Any(cell => !string.IsNullOrWhiteSpace(cell)))
                    rows.Add(row);
            }
        }
        catch (CsvFormatException)
        {
            // A quotation mark that is never closed: what came before it is whole.
        }

        return rows;
    }

    /// <summary>Whether a row names columns: one of its cells is a variable, or a column that promptfoo knows.</summary>
    public static bool IsHeader(IReadOnlyList<string> row, IReadOnlyList<PromptVariable> variables) =>
        row.Any(cell => Find(cell, variables) is not null || IsSpecial(cell));

    /// <summary>Reads cases. Never fails: <see cref="SheetReading.Problem"/> says why there are none.</summary>
    public static SheetReading Read(string text, IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variables);
        if (text.Length > MostCharacters)
            return new SheetReading { Problem = $"It has more than {MostCharacters / 1_000_000} million characters. Take fewer rows at a time." };
        var rows = Cells(text);
        if (rows.Count == 0)
            return new SheetReading { Problem = "There are no rows in it." };
        var header = IsHeader(rows[0], variables);
        if (!header && variables.Count == 0)
            return new SheetReading { Problem = "This prompt has no variables that a column could fill." };
        var notes = new List<string>();
        var columns = header ? Named(rows[0], variables, notes) : InOrder(rows.Max(row => row.Count), variables, notes);
        var cases = new List<CaseDraft>();
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var row in rows.Skip(header ? 1 : 0))
            cases.Add(Case(row, columns, unknown));
        if (cases.Count == 0)
            return new SheetReading { Problem = "It has a row of headings and no rows under it.", HasHeader = header };
        if (unknown.Count > 0)
            notes.Add($"Checks that are not known here are left out: {string.Join(", ", unknown.Take(5).Select(check => CleanText.Cut(check, 40)))}{(unknown.Count > 5 ? " and more" : "")}.");
        return new SheetReading
        {
            Cases = cases,
            HasHeader = header,
            Variables = [.. variables.Select(variable => variable.Name).Where(name => columns.Any(column => column.Variable == name))],
            Notes = notes,
        };
    }

    /// <summary>
    /// A CSV file of the cases. A cell that a spreadsheet would calculate with has an apostrophe in front, which reading takes
    /// off again.
    /// </summary>
    public static string Write(IReadOnlyList<CaseDraft> cases, IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(variables);
        var names = variables.Select(variable => variable.Name).ToList();
        var expected = cases.Select(row => row.Assertions.Select(ExpectedText.Write).OfType<string>().ToList()).ToList();
        var others = cases.Select(row => row.Assertions.Where(assertion => ExpectedText.Write(assertion) is null).ToList()).ToList();
        var most = expected.Select(texts => texts.Count).DefaultIfEmpty().Max();
        var hasOthers = others.Any(list => list.Count > 0);

        using var text = new StringWriter { NewLine = "\r\n" };
        using (var writer = CsvWriter.Create(text, new CsvWriterOptions { HasHeader = false, Quoting = CsvQuoting.WhenNeededOrWhitespace }, leaveOpen: true))
        {
            writer.WriteRecord([NameColumn, .. names, .. ExpectedColumns(most), .. Only(hasOthers, ChecksColumn)]);
            for (var at = 0; at < cases.Count; at++)
            {
                string[] record =
                [
                    cases[at].Name,
                    .. names.Select(cases[at].Value),
                    .. Enumerable.Range(0, most).Select(number => number < expected[at].Count ? expected[at][number] : ""),
                    .. Only(hasOthers, others[at].Count > 0 ? AssertionJson.Write(others[at]) : ""),
                ];
                writer.WriteRecord(Array.ConvertAll(record, Guarded));
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> ExpectedColumns(int count) => count <= 1
        ? Enumerable.Repeat(ExpectedColumn, count)
        : Enumerable.Range(1, count).Select(number => ExpectedColumn + number.ToString(CultureInfo.InvariantCulture));

    private static string[] Only(bool there, string cell) => there ? [cell] : [];

    private static List<Column> Named(IReadOnlyList<string> header, IReadOnlyList<PromptVariable> variables, List<string> notes)
    {
        var columns = new List<Column>();
        var left = new List<string>();
        foreach (var cell in header)
        {
            var name = cell.Trim();
            var special = name.ToLowerInvariant();
            var variable = Find(name, variables)?.Name;
            if (variable is not null && columns.TrueForAll(column => column.Variable != variable))
                columns.Add(new Column(variable, Use.Variable));
            else if ((special is NameColumn or "name" or "description") && columns.TrueForAll(column => column.Use != Use.Name))
                columns.Add(new Column(null, Use.Name));
            else if (special.StartsWith(ExpectedColumn, StringComparison.Ordinal))
                columns.Add(new Column(null, Use.Expected));
            else if (special == ChecksColumn)
                columns.Add(new Column(null, Use.Checks));
            else
            {
                columns.Add(new Column(null, Use.None));
                if (name.Length > 0)
                    left.Add(name);
            }
        }

        if (left.Count > 0)
            notes.Add($"{(left.Count == 1 ? "The column" : "The columns")} {string.Join(", ", left.Take(6).Select(name => $"“{CleanText.Cut(name, 40)}”"))}{(left.Count > 6 ? " and more" : "")} {(left.Count == 1 ? "belongs" : "belong")} to no variable and {(left.Count == 1 ? "is" : "are")} left out.");
        return columns;
    }

    private static List<Column> InOrder(int count, IReadOnlyList<PromptVariable> variables, List<string> notes)
    {
        notes.Add($"No heading names a variable, so the columns are taken in the table's order: {string.Join(", ", variables.Take(count).Select(variable => variable.Name))}.");
        if (count > variables.Count)
            notes.Add($"There are {count} columns for {Numbers.Of(variables.Count, "variable", "variables")}: what is beyond is left out.");
        return [.. Enumerable.Range(0, count).Select(place => place < variables.Count ? new Column(variables[place].Name, Use.Variable) : new Column(null, Use.None))];
    }

    private static CaseDraft Case(IReadOnlyList<string> row, List<Column> columns, SortedSet<string> unknown)
    {
        var name = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var assertions = new List<Assertion>();
        foreach (var (column, cell) in columns.Zip(row))
        {
            if (cell.Length == 0)
                continue;
            if (column.Variable is { } variable)
                values[variable] = cell;
            else if (column.Use == Use.Name)
                name = CleanText.Cut(cell.ReplaceLineEndings(" "), TestCaseQueries.LongestName);
            else if (column.Use == Use.Checks)
                assertions.AddRange(AssertionJson.Read(cell));
            else if (column.Use == Use.Expected && !string.IsNullOrWhiteSpace(cell))
            {
                if (ExpectedText.Read(cell) is { } assertion)
                    assertions.Add(assertion);
                else
                    unknown.Add(cell);
            }
        }

        return new CaseDraft { Id = Guid.NewGuid(), Name = name, Values = values, Assertions = [.. assertions.Take(Assertion.MaxCount)] };
    }

    // By its name, with or without braces, or by its label.
    private static PromptVariable? Find(string heading, IReadOnlyList<PromptVariable> variables)
    {
        var name = heading.Trim().TrimStart('{').TrimEnd('}').Trim();
        return name.Length == 0 ? null
            : variables.FirstOrDefault(variable => variable.Name == name)
                ?? variables.FirstOrDefault(variable => variable.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || variable.DisplayName.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsSpecial(string cell) => cell.Trim().ToLowerInvariant() is NameColumn or ChecksColumn || cell.Trim().StartsWith(ExpectedColumn, StringComparison.OrdinalIgnoreCase);

    // A spreadsheet's clipboard has tabs; files have what their country has. One column alone has none, and keeps its commas.
    private static char Separator(string text)
    {
        var counts = new Dictionary<char, int> { ['\t'] = 0, [';'] = 0, [','] = 0 };
        var quoted = false;
        foreach (var sign in text)
        {
            quoted ^= sign == '"';
            if (!quoted && (sign is '\n' or '\r'))
                break;
            if (!quoted && counts.TryGetValue(sign, out var count))
                counts[sign] = count + 1;
        }

        return counts['\t'] > 0 ? '\t' : counts[';'] > counts[','] ? ';' : counts[','] > 0 ? ',' : '\u001f';
    }

    private static string Guarded(string cell) => IsFormula(cell.TrimStart('\'')) ? "'" + cell : cell;

    private static string Unguarded(string cell) => cell.StartsWith('\'') && IsFormula(cell.TrimStart('\'')) ? cell[1..] : cell;

    // A number is calculated to itself.
    private static bool IsFormula(string cell) => cell.Length > 0 && (cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r') && !VariableValue.IsNumber(cell);

    private enum Use
    {
        None,
        Variable,
        Name,
        Expected,
        Checks,
    }

    private sealed record Column(string? Variable, Use Use);
}
