using System.Security.Cryptography;
using System.Text;

namespace MetaPrompt.Web.Prompting;

/// <summary>
/// Findings that a person does not want to see again in this prompt. A key names the rule and the words it is about: it fits as
/// long as the words stay, wherever they move. The words themselves are not in it: a dismissed key of a secret tells nothing.
/// </summary>
public static class DismissedFindings
{
    /// <summary>The most that are kept of a prompt; the oldest go first.</summary>
    public const int Most = 200;

    /// <summary>The key of a finding in this template.</summary>
    public static string Key(Finding finding, string template)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(template);
        var start = Math.Clamp(finding.Start, 0, template.Length);
        return Key(finding.Rule, template.Substring(start, Math.Clamp(finding.Length, 0, Math.Min(200, template.Length - start))));
    }

    /// <summary>A key as it is kept, of one from a draft of before: rule, blank, words.</summary>
    public static string Today(string kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        var blank = kept.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? kept : Key(kept[..blank], kept[(blank + 1)..]);
    }

    /// <summary>The keys with one more, at most <see cref="Most"/>.</summary>
    public static IReadOnlyList<string> With(IEnumerable<string> keys, string key) => [.. keys.Where(other => other != key).TakeLast(Most - 1), key];

    private static string Key(string rule, string words) => words.Length == 0 ? rule : $"{rule}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 8))}";
}
