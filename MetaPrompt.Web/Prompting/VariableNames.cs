using System.Globalization;
using System.Text;

namespace MetaPrompt.Web.Prompting;

/// <summary>Turns what people write into names, and names back into what people read.</summary>
internal static class VariableNames
{
    /// <summary>A legal name in snake_case from any text; empty where the text has no letter or digit.</summary>
    public static string Normalise(string text)
    {
        var name = new StringBuilder();
        var pendingBreak = false;
        var previous = '\0';
        foreach (var c in Whole(text).Normalize(NormalizationForm.FormC))
        {
            if (char.IsLetterOrDigit(c) || (c > 127 && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
            {
                var camelBreak = char.IsUpper(c) && char.IsLower(previous);
                if ((pendingBreak || camelBreak) && name.Length > 0)
                    name.Append('_');
                pendingBreak = false;
                name.Append(char.ToLowerInvariant(c));
            }
            else if (c is not ('\'' or '’'))
            {
                pendingBreak = true;
            }
            previous = c;
            if (name.Length >= PromptTemplate.MaxNameLength)
                break;
        }
        if (name.Length > 0 && !char.IsLetter(name[0]))
            name.Insert(0, '_');
        if (name.Length > PromptTemplate.MaxNameLength)
            name.Length = PromptTemplate.MaxNameLength;
        var result = name.ToString().TrimEnd('_');
        return PromptTemplate.IsName(result) ? result : "";
    }

    /// <summary>
    /// The text without halves of surrogate pairs, which neither Unicode normalisation nor PostgreSQL accepts, and without the
    /// codes that are no characters, which normalisation does not accept either.
    /// </summary>
    public static string Whole(string text)
    {
        if (text.Any(IsNone))
            text = string.Concat(text.Where(c => !IsNone(c)));
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
                at++;
            else if (char.IsSurrogate(text[at]))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
        return text;
    }

    private static bool IsNone(char c) => c is >= '\uFDD0' and <= '\uFDEF' or '\uFFFE' or '\uFFFF';

    /// <summary><c>pull_requests</c> as "Pull requests".</summary>
    public static string Humanise(string name)
    {
        var words = name.Replace('_', ' ').Trim();
        return words.Length == 0 ? name : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>The name, or the name with the first number that makes it different from those taken.</summary>
    public static string Unique(string name, ICollection<string> taken)
    {
        if (!taken.Contains(name))
            return name;
        for (var number = 2; ; number++)
        {
            var suffix = "_" + number.ToString(CultureInfo.InvariantCulture);
            var stem = name.Length + suffix.Length > PromptTemplate.MaxNameLength ? name[..(PromptTemplate.MaxNameLength - suffix.Length)] : name;
            if (!taken.Contains(stem + suffix))
                return stem + suffix;
        }
    }
}
