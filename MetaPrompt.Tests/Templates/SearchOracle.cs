using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace MetaPrompt.Tests.Templates;

/// <summary>
/// The gallery's search by brute force: reads every template, knows no index and no tsvector. Only for words whose stem
/// is in its own small dictionary.
/// </summary>
internal static partial class SearchOracle
{
    /// <summary>Every spelling the generated templates use, and its English stem without accents; "" is a stop word.</summary>
    public static IReadOnlyDictionary<string, string> Stems { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["write"] = "write", ["writes"] = "write", ["writing"] = "write", ["email"] = "email", ["emails"] = "email",
        ["Plan"] = "plan", ["plans"] = "plan", ["planning"] = "plan", ["summary"] = "summari", ["summaries"] = "summari",
        ["Café"] = "cafe", ["cafes"] = "cafe", ["résumé"] = "resum", ["resumes"] = "resum", ["naïve"] = "naiv",
        ["travel"] = "travel", ["code"] = "code", ["CODING"] = "code", ["2026"] = "2026", ["the"] = "", ["for"] = "", ["of"] = "",
    };

    private static readonly Dictionary<string, string> StemsOfPlain = Stems
        .GroupBy(pair => Plain(pair.Key), StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);

    private static readonly ConditionalWeakTable<Planted, List<string[]>> Read = [];

    /// <summary>Which templates a query finds.</summary>
    public static IEnumerable<Planted> Search(IEnumerable<Planted> templates, string query, IReadOnlyDictionary<Guid, string> authors)
    {
        var wanted = Parse(query);
        return wanted.Count == 0
            ? []
            : templates.Where(template => template.IsPublic && Matches(wanted, Texts(template, authors[template.Author]), Fields(template)));
    }

    /// <summary>Another plain word and its stem; "" is a stop word.</summary>
    public static void Teach(string plainWord, string stem) => StemsOfPlain[plainWord] = stem;

    /// <summary>Whether the title alone has the words of the query, whatever it asks of tags and categories.</summary>
    public static bool TitleMatches(Planted template, string query)
    {
        var parsed = Parse(query);
        var words = parsed.Where(term => term.Field.Length == 0 && !term.Negated).ToList();
        // Beside a tag or category words so common that they are left out are no words.
        return words.Count > 0 && !(words.TrueForAll(term => term.IsStopWord) && parsed.Exists(term => term.Field.Length > 0 && !term.Negated))
            && Matches(words, [PlainWords(template.Title), StemWords(template.Title)], new HashSet<string>());
    }

    private static bool Matches(IReadOnlyList<Term> terms, IReadOnlyList<string[]> texts, IReadOnlySet<string> fields)
    {
        var wanted = terms.Where(term => !term.Negated && !term.IsStopWord).ToList();
        if (wanted.Count == 0)
            wanted = [.. terms.Where(term => !term.Negated)];
        return wanted.TrueForAll(term => term.Matches(texts, fields))
            && !terms.Any(term => term.Negated && term.Matches(texts, fields));
    }

    // What is searched, word by word, read once; a stop word leaves its place empty among the stems.
    private static List<string[]> Texts(Planted template, string author) => Read.GetValue(template, _ =>
    [
        PlainWords(template.Title), StemWords(template.Title), PlainWords(template.Goal), StemWords(template.Goal),
        PlainWords(string.Join(' ', [.. template.Tags, template.Category ?? ""])), PlainWords(author), StemWords(template.Template),
    ]);

    private static HashSet<string> Fields(Planted template)
    {
        var fields = template.Tags.Select(tag => "tag:" + Lower(tag)).ToHashSet(StringComparer.Ordinal);
        if (template.Category is not null)
            fields.Add("cat:" + Lower(template.Category));
        return fields;
    }

    private static List<Term> Parse(string query) =>
        [.. TermPattern().Matches(query).Select(match => new Term(
            match.Groups["not"].Length > 0,
            Lower(match.Groups["field"].Value.Replace("category", "cat", StringComparison.Ordinal)),
            match.Groups["phrase"].Success,
            match.Groups["phrase"].Success ? match.Groups["phrase"].Value : match.Groups["word"].Value))
            .Where(term => !term.IsEmpty)];

    /// <summary>The words of a text in lower case and without accents.</summary>
    public static string[] PlainWords(string text) => [.. WordPattern().Matches(text).Select(match => string.Intern(Plain(match.Value)))];

    private static string[] StemWords(string text) => [.. PlainWords(text).Select(word => StemsOfPlain.GetValueOrDefault(word, word))];

    private static string Plain(string word) => Lower(word).Replace('é', 'e').Replace('ï', 'i');

    private static string Lower(string text) => text.ToLowerInvariant();

    [GeneratedRegex("""(?<not>-?)(?:(?<field>(?:tag|category):)?(?:"(?<phrase>[^"]*)"|(?<word>\S+)))""")]
    private static partial Regex TermPattern();

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex WordPattern();

    private sealed record Term(bool Negated, string Field, bool IsPhrase, string Text)
    {
        private string[] PlainForm { get; } = PlainWords(Text);

        private string[] StemForm { get; } = Trim(StemWords(Text));

        public bool IsEmpty => Field.Length == 0 && PlainForm.Length == 0;

        public bool IsStopWord => Field.Length == 0 && StemForm.Length == 0;

        public bool Matches(IReadOnlyList<string[]> texts, IReadOnlySet<string> fields)
        {
            if (Field.Length > 0)
                return fields.Contains(Field + Lower(Text)) || fields.Contains(Field + Lower(Text).Replace('_', ' '));
            return Holds(texts, PlainForm) || (StemForm.Length > 0 && Holds(texts, StemForm));
        }

        private bool Holds(IReadOnlyList<string[]> texts, string[] words) => IsPhrase
            ? texts.Any(text => words.All(word => word.Length == 0 || text.Contains(word, StringComparer.Ordinal)) && Enumerable.Range(0, text.Length).Any(at => at + words.Length <= text.Length
                && words.Index().All(word => word.Item.Length == 0 || word.Item == text[at + word.Index])))
            : words.All(word => texts.Any(text => text.Contains(word, StringComparer.Ordinal)));

        private static string[] Trim(string[] words) =>
            [.. words.SkipWhile(word => word.Length == 0).Reverse().SkipWhile(word => word.Length == 0).Reverse()];
    }
}
