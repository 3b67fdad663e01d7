using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>
/// A regular expression that somebody typed. Whatever it is, it ends: it runs in time that grows with the text where its
/// pattern allows that (no look-around, no back-references), else for a quarter of a second at most.
/// </summary>
internal sealed class SafeRegex
{
    /// <summary>The most characters of a pattern.</summary>
    public const int MaxLength = 2_000;

    // Only a net for the first kind: its automaton may grow large before it is slow.
    private static readonly TimeSpan Linear = TimeSpan.FromSeconds(1), Backtracking = TimeSpan.FromMilliseconds(250);

    private readonly Regex _regex;

    private SafeRegex(Regex regex) => _regex = regex;

    /// <summary>The pattern, ready to search; or null, and what is wrong with it as part of a sentence.</summary>
    public static SafeRegex? Parse(string pattern, bool ignoreCase, out string problem)
    {
        problem = "";
        if (pattern.Length > MaxLength)
        {
            problem = $"it is longer than {MaxLength:N0} characters";
            return null;
        }
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            try
            {
                return new SafeRegex(new Regex(pattern, options | RegexOptions.NonBacktracking, Linear));
            }
            catch (NotSupportedException)
            {
                // Look-around and back-references need the other engine, and with it the clock.
                return new SafeRegex(new Regex(pattern, options, Backtracking));
            }
        }
        catch (RegexParseException wrong)
        {
            // "Invalid pattern '(' at offset 1. Not enough )'s.": the pattern stands beside it already.
            var said = wrong.Message.IndexOf(". ", StringComparison.Ordinal) is > 0 and var at ? wrong.Message[(at + 2)..] : wrong.Message;
            problem = $"{said.TrimEnd('.')} (at character {wrong.Offset})";
            return null;
        }
    }

    /// <summary>The first place it is found at; null where it is nowhere, and also where it took <paramref name="tooLong"/>.</summary>
    public (int At, int Length)? Find(string text, out bool tooLong)
    {
        tooLong = false;
        try
        {
            var match = _regex.Match(text);
            return match.Success ? (match.Index, match.Length) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            tooLong = true;
            return null;
        }
    }
}
