using System.Text.RegularExpressions;

namespace MetaPrompt.Tests.Bench;

/// <summary>Queries a person might type who looks for one certain template; the same ones every time.</summary>
internal static partial class RelevanceQueries
{
    private static readonly HashSet<string> Common = new(
        "a an and as at by for from how in into is it like of on or that the this to with you your act i me my be are do create write make using use prompt".Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>A real template.</summary>
    public sealed record Real(Guid Id, string Title, string Goal);

    /// <summary>A query and the template it was made from.</summary>
    public sealed record Query(string Kind, string Text, Guid Wanted);

    /// <summary>Up to five queries for each template whose title has two words that tell something.</summary>
    public static IEnumerable<Query> Of(IReadOnlyList<Real> templates)
    {
        foreach (var template in templates)
        {
            var words = Words(template.Title);
            if (words.Length < 2)
                continue;

            // The whole of a short title, the three longest words of a long one, in the order of the title.
            var chosen = words.Index().OrderByDescending(word => word.Item.Length).ThenBy(word => word.Index).Take(3).OrderBy(word => word.Index).Select(word => word.Item).ToArray();
            yield return new("title words", string.Join(' ', chosen), template.Id);
            yield return new("another order", string.Join(' ', chosen.Reverse()), template.Id);
            if (Typo(chosen) is { } typo)
                yield return new("one typo", typo, template.Id);
            if (Inflected(chosen) is { } inflected)
                yield return new("inflected", inflected, template.Id);

            var goal = Words(template.Goal).Except(words, StringComparer.OrdinalIgnoreCase).OrderByDescending(word => word.Length).ThenBy(word => word, StringComparer.Ordinal).Take(3).ToArray();
            if (goal.Length == 3)
                yield return new("words of the goal", string.Join(' ', goal), template.Id);
        }
    }

    private static string[] Words(string text) => [.. WordPattern().Matches(text).Select(match => match.Value)
        .Where(word => word.Length > 1 && !Common.Contains(word)).Distinct(StringComparer.OrdinalIgnoreCase)];

    // In the longest word of letters: two exchanged, one missing, one double, one wrong, by turns.
    private static string? Typo(string[] words)
    {
        var longest = words.Where(word => word.Length >= 5 && word.All(char.IsAsciiLetter)).MaxBy(word => word.Length);
        if (longest is null)
            return null;

        var at = longest.Length / 2;
        var mistyped = ((longest.Length + longest[0]) % 4) switch
        {
            0 => longest[..at] + longest[at + 1] + longest[at] + longest[(at + 2)..],
            1 => longest[..at] + longest[(at + 1)..],
            2 => longest[..at] + longest[at] + longest[at..],
            _ => longest[..at] + (longest[at] == 'x' ? 'q' : 'x') + longest[(at + 1)..],
        };
        return string.Join(' ', words.Select(word => word == longest ? mistyped : word));
    }

    // One word in another form.
    private static string? Inflected(string[] words)
    {
        for (var at = words.Length - 1; at >= 0; at--)
        {
            var word = words[at].ToLowerInvariant();
            if (word.Length < 4 || !word.All(char.IsAsciiLetter))
                continue;

            var other = word.EndsWith("ing", StringComparison.Ordinal) ? (word.Length > 6 ? word[..^3] + "ed" : null)
                : word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y"
                : word.EndsWith("ss", StringComparison.Ordinal) || word.EndsWith("us", StringComparison.Ordinal) || word.EndsWith("is", StringComparison.Ordinal) ? null
                : word.EndsWith('s') ? word[..^1]
                : word.EndsWith('y') ? (word[^2] is 'a' or 'e' or 'o' ? word + "s" : word[..^1] + "ies")
                : word.EndsWith("ch", StringComparison.Ordinal) || word.EndsWith("sh", StringComparison.Ordinal) || word.EndsWith('x') ? word + "es"
                : word + "s";
            if (other is not null)
                return string.Join(' ', words.Index().Select(w => w.Index == at ? other : w.Item));
        }

        return null;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex WordPattern();
}
