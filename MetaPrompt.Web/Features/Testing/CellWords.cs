using System.Globalization;
using System.Text.RegularExpressions;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What is said of a cell, the same wherever it stands. What is unknown is said to be so, never shown as 0.</summary>
public static partial class CellWords
{
    private const int Head = 420;
    private const int Tail = 260;
    private const int Long = 20_000;

    /// <summary>Where it stands.</summary>
    public static string State(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.State switch
        {
            CellState.Queued => "Waiting its turn",
            CellState.Running when cell.RetryIn is { } wait => string.Create(CultureInfo.InvariantCulture, $"Trying again in {Math.Ceiling(wait.TotalSeconds):N0} s"),
            CellState.Running when cell.Keeping => "Keeping it",
            CellState.Running => cell.Answer.Length == 0 ? "Sent" : "Writing",
            CellState.Done => "Done",
            CellState.Stopped => "Stopped",
            CellState.Failed => "Failed",
            _ => "Interrupted",
        };
    }

    /// <summary>What its assertions said; null where there are none.</summary>
    public static string? Verdict(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.Grading)
            return "Checking";
        if (cell.Outcomes.Count == 0)
            return cell.Passed switch { true => "Passed", false => "Failed its checks", _ => null };
        // Why an answer that never came could not be checked goes without saying.
        if (cell.Passed is null && cell.State != CellState.Done)
            return null;
        var kept = cell.Outcomes.Count(outcome => outcome.Passed == true);
        return cell.Passed switch
        {
            true => string.Create(CultureInfo.InvariantCulture, $"Passed {kept}/{cell.Outcomes.Count}"),
            false => string.Create(CultureInfo.InvariantCulture, $"Failed {cell.Outcomes.Count(outcome => outcome.Passed == false)}/{cell.Outcomes.Count}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"Checked {kept}/{cell.Outcomes.Count}"),
        };
    }

    /// <summary>Whether the answer is too long for a grid, however much room a cell has.</summary>
    public static bool IsLong(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.Answer.Length > Long || cell.IsExcerpt;
    }

    /// <summary>Whether it grows and is too long to be sent as a whole with every word: its end is shown until it is complete.</summary>
    public static bool OnlyEnd(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.State == CellState.Running && cell.Answer.Length > Long;
    }

    /// <summary>What of the answer fits into a cell: while it is written its end, after that its beginning.</summary>
    public static string Excerpt(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        if (cell.State != CellState.Running)
            return Unmarked(CleanText.Cut(cell.Answer.Trim(), Head));
        if (cell.Answer.Length <= Tail)
            return Unmarked(cell.Answer);
        var from = cell.Answer.Length - Tail;
        return "…" + Unmarked(cell.Answer[(char.IsLowSurrogate(cell.Answer[from]) ? from + 1 : from)..]);
    }

    /// <summary>"812 → 164 tokens".</summary>
    public static string Tokens(CellView cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.InputTokens is null && cell.OutputTokens is null ? "tokens not reported"
            : $"{Count(cell.InputTokens)} → {Count(cell.OutputTokens)} tokens";
    }

    /// <summary>"$0.0029", "cost unknown".</summary>
    public static string Cost(decimal? dollars) => dollars switch { null => "cost unknown", 0 => "no cost", { } cost => Money.Text(cost) };

    /// <summary>"0.31 s", "41 s", "2:05 min".</summary>
    public static string Time(int milliseconds) => milliseconds switch
    {
        < 10_000 => (milliseconds / 1000.0).ToString("0.00", CultureInfo.InvariantCulture) + " s",
        < 60_000 => (milliseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 60_000}:{milliseconds / 1000 % 60:00} min"),
    };

    // A glance needs no signs of headings and emphasis; whoever opens the cell sees them rendered, or as they came.
    private static string Unmarked(string text) => Marks().Replace(text, "").Replace("\n\n", "\n", StringComparison.Ordinal);

    [GeneratedRegex(@"^#{1,6}[ \t]+|\*\*|^```\w*$|`", RegexOptions.Multiline)]
    private static partial Regex Marks();

    private static string Count(int? tokens) => tokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";
}
