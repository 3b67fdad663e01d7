using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MetaPrompt.Data.Templates;

/// <summary>Marks in a text the words a search matched: in any form, with or without accents, in any script.</summary>
public static partial class SearchHighlight
{
    /// <summary>Before a marked word.</summary>
    public const char Start = '\u0002';

    /// <summary>After a marked word.</summary>
    public const char Stop = '\u0003';

    // As internal.unspaced_signs in the database.
    private const string Unspaced =
        @"\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u103f\u1780-\u17d3\u3005\u3006\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f";

    /// <summary>The text with each match between <see cref="Start"/> and <see cref="Stop"/>.</summary>
    /// <param name="text">Plain text.</param>
    /// <param name="marks">Folded words and English stems, as <c>search_marks</c> gives them.</param>
    public static string Mark(string text, IReadOnlyCollection<string>? marks)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (marks is null || marks.Count == 0)
            return text;

        var wanted = marks as IReadOnlySet<string> ?? marks.ToHashSet(StringComparer.Ordinal);
        var unspaced = wanted.Where(mark => UnspacedPattern().IsMatch(mark)).ToArray();
        return WordPattern().Replace(text, word => word.Groups["run"].Success
            ? MarkRun(word.Value, unspaced)
            : Matches(word.Value, wanted) ? $"{Start}{word.Value}{Stop}" : word.Value);
    }

    /// <summary>A word as <c>internal.fold_text</c> and the dictionary <c>unaccent</c> leave it.</summary>
    public static string Fold(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (word.All(char.IsAsciiLetterOrDigit))
            return word.ToLowerInvariant();

        var folded = new StringBuilder(word.Length);
        foreach (var sign in word.Normalize(NormalizationForm.FormKD))
        {
            if (sign is (>= '\u0300' and <= '\u036f') or (>= '\u064b' and <= '\u065f') or '\u0640' or '\u0670' or (>= '\u200b' and <= '\u200f') or '\u00ad')
                continue;
            folded.Append(char.ToLowerInvariant(sign) switch
            {
                'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'đ' => "d", 'ł' => "l", 'ı' => "i",
                'ٱ' => "ا", 'ى' or 'ی' => "ي", 'ة' => "ه", 'ک' => "ك", 'ς' => "σ",
                var other when char.IsDigit(other) => CharUnicodeInfo.GetDigitValue(other).ToString(CultureInfo.InvariantCulture),
                var other => other.ToString(),
            });
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    private static bool Matches(string word, IReadOnlySet<string> wanted)
    {
        var folded = word.ToLowerInvariant() switch
        {
            ['.', .. var name] => "dot" + name,
            [.. var letter, '#'] => letter + "sharp",
            [.. var letter, '+', '+'] => letter + "plusplus",
            _ => Fold(word),
        };
        return wanted.Contains(folded) || wanted.Contains(EnglishStem.Of(folded));
    }

    // Every place where one of the marks stands; what overlaps or touches is marked as one.
    private static string MarkRun(string run, string[] marks)
    {
        var folded = Fold(run);
        if (folded.Length != run.Length)
            return marks.Any(mark => folded.Contains(mark, StringComparison.Ordinal)) ? $"{Start}{run}{Stop}" : run;

        var marked = new bool[run.Length];
        foreach (var mark in marks)
        {
            for (var at = folded.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = folded.IndexOf(mark, at + 1, StringComparison.Ordinal))
                Array.Fill(marked, true, at, mark.Length);
        }

        var text = new StringBuilder(run.Length + 4);
        for (var at = 0; at < run.Length; at++)
        {
            if (marked[at] && (at == 0 || !marked[at - 1]))
                text.Append(Start);
            text.Append(run[at]);
            if (marked[at] && (at == run.Length - 1 || !marked[at + 1]))
                text.Append(Stop);
        }

        return text.ToString();
    }

    // A run without spaces; names that end in signs; any other word.
    [GeneratedRegex($@"(?<run>(?:[{Unspaced}]|[\ud840-\udbff][\udc00-\udfff])+)|(?<![\w])[A-Za-z](?:\#|\+\+)(?!\w)|(?:(?<!\w)|(?<=\b(?i:asp|vb|ado|ml)))\.(?i:net)(?!\w)|(?:(?![{Unspaced}])[\p{{L}}\p{{M}}\p{{N}}\u200b-\u200f\u00ad])+")]
    private static partial Regex WordPattern();

    [GeneratedRegex($@"[{Unspaced}\ud840-\udbff]")]
    private static partial Regex UnspacedPattern();
}
