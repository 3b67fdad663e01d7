using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>Lists that a goal spells out: the labels of a classification, the fields of an extraction.</summary>
internal static partial class GoalLists
{
    /// <summary>Labels named after "as", "into", "is it", "whether ... is".</summary>
    public static IReadOnlyList<string> Labels(string text)
    {
        foreach (var match in Options().Matches(text).Concat(OrNot().Matches(text)))
        {
            var items = Items(match.Groups["list"].Value);
            if (match.Groups["not"].Success && items.Count == 1)
                return [items[0], "not " + items[0]];
            if (items.Count is > 1 and < 20 && items.All(item => item.Length <= 40))
                return items;
        }
        return [];
    }

    /// <summary>Fields named between the verb and "from" or "in".</summary>
    public static IReadOnlyList<string> Fields(string text)
    {
        if (FieldList().Match(text) is not { Success: true } match)
            return [];
        var items = Items(match.Groups["list"].Value).Select(Phrases.Core).Where(item => item.Length > 0 && !Vague().IsMatch(item)).ToList();
        return items.Count is > 0 and < 25 && items.All(item => item.Length <= 50) ? items : [];
    }

    /// <summary>"a, b and c" as three items.</summary>
    public static List<string> Items(string list) => Separators().Split(list)
        .Select(item => Leading().Replace(item.Trim().Trim('"', '\'', '“', '”', '.', ':', '?', '`', '*'), "").Trim())
        .Where(item => item.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();

    [GeneratedRegex("\\b(?:as (?:either )?|into (?:either )?(?:categories:? |the categories |one of:? )?|is (?:it|this|the)(?: (?:e-?mail|review|message|ticket|comment|text|tweet|post|article|one|feedback|statement|claim|news))? (?:an? )?|labels?:? |categories:? |either )(?<list>[\\w '\"“”/-]+(?:, ?[\\w '\"“”/-]+)*,? (?:or|and) [\\w'\"“”/-]+(?: [\\w'\"“”/-]+)?)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Options();

    [GeneratedRegex("\\b(?:is|are|as) (?:an? )?(?<list>[\\w-]+)(?<not>) or not\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OrNot();

    [GeneratedRegex("\\b(?:extract|pull out|pull|find|parse(?: out)?|get|list|collect|gather|identify|scrape|note|record|harvest)(?:s|ing|ting)?(?: out)? (?<list>[\\w '’/&,-]+?) (?:from|in|mentioned|out of|of|within)\\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FieldList();

    [GeneratedRegex("\\s*(?:,\\s*(?:and|or)\\s+|,|;|\\band\\b|\\bor\\b|&)\\s*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex("^(?:the|an?|all|every|any|each|all the|their|its)\\s+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Leading();

    [GeneratedRegex("^(?:data|information|info|details|relevant data|key data|key information|key details|structured data|facts|fields|everything|things|stuff|useful information|important information|entities|it|them|me)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Vague();
}
