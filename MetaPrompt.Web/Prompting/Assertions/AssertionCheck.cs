using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>
/// Holds an answer against an assertion. It always ends soon, whatever the assertion, the answer or what is in them: a
/// pattern, path or schema that asks for too much work counts as broken, with the reason.
/// </summary>
public static class AssertionCheck
{
    /// <summary>What became of the assertion. A judge is not asked here: its outcome is open.</summary>
    public static AssertionOutcome Of(Assertion assertion, string answer, AnswerFacts facts)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(facts);
        if (Problem(assertion) is { } problem)
            return new AssertionOutcome(assertion, null, $"This check cannot be used yet: {char.ToLowerInvariant(problem[0])}{problem[1..]}");
        var (passed, why) = assertion.Type switch
        {
            AssertionType.Contains => Contains(assertion, Lines(answer)),
            AssertionType.NotContains => NotContains(assertion, Lines(answer)),
            AssertionType.EqualTo => EqualTo(assertion, Lines(answer).Trim()),
            AssertionType.StartsWith => StartsWith(assertion, Lines(answer).TrimStart()),
            AssertionType.EndsWith => EndsWith(assertion, Lines(answer).TrimEnd()),
            AssertionType.Regex => Pattern(assertion, Lines(answer)),
            AssertionType.IsJson => IsJson(answer),
            AssertionType.JsonSchema => Schema(assertion, answer),
            AssertionType.JsonPathEquals => JsonPath(assertion, answer),
            AssertionType.WordsAtMost or AssertionType.WordsAtLeast => Words(assertion, WordCount.Of(answer)),
            AssertionType.TokensAtMost or AssertionType.TokensAtLeast => Tokens(assertion, answer, facts.OutputTokens),
            AssertionType.LatencyAtMost => Latency(assertion, facts.ElapsedMs),
            AssertionType.CostAtMost => Cost(assertion, facts.Cost),
            _ => (null, "No model has judged this answer yet."),
        };
        return new AssertionOutcome(assertion, passed, why);
    }

    /// <summary>What keeps the assertion from being checked, as a sentence for the person who writes it; null where nothing does.</summary>
    public static string? Problem(Assertion assertion)
    {
        ArgumentNullException.ThrowIfNull(assertion);
        var value = assertion.Value;
        return assertion.Type switch
        {
            AssertionType.IsJson => null,
            AssertionType.JsonPathEquals when string.IsNullOrWhiteSpace(assertion.Path) => "Write where to look, like $.items[0].name.",
            AssertionType.JsonPathEquals => JsonPlaces.Parse(assertion.Path, out var wrong) is null ? $"The place {Quoted.Text(assertion.Path)} cannot be read: {wrong}." : null,
            _ when string.IsNullOrWhiteSpace(value) => Empty(assertion.Type),
            AssertionType.Regex => SafeRegex.Parse(value, assertion.IgnoreCase, out var wrong) is null ? $"The pattern cannot be used: {wrong}." : null,
            AssertionType.JsonSchema => SchemaReader.Read(value, out var wrong) is null ? $"The schema cannot be used: {wrong}." : null,
            _ when !IsNumeric(assertion.Type) => null,
            AssertionType.CostAtMost => Number(value) is >= 0 ? null : $"{Quoted.Text(value)} is no amount in US dollars, like 0.01.",
            _ => Number(value) is >= 0 and <= int.MaxValue and var number && number == decimal.Truncate(number) ? null : $"{Quoted.Text(value)} is no whole number.",
        };
    }

    /// <summary>
    /// What the outcomes say together: false where one was broken, true where all were kept, null where there is none or
    /// one could not be found out.
    /// </summary>
    public static bool? Verdict(IReadOnlyCollection<AssertionOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        return outcomes.Any(outcome => outcome.Passed == false) ? false
            : outcomes.Count > 0 && outcomes.All(outcome => outcome.Passed == true) ? true
            : null;
    }

    /// <summary>Whether the type's value is a number.</summary>
    public static bool IsNumeric(AssertionType type) => type is AssertionType.WordsAtMost or AssertionType.WordsAtLeast or AssertionType.TokensAtMost
        or AssertionType.TokensAtLeast or AssertionType.LatencyAtMost or AssertionType.CostAtMost;

    /// <summary>Whether the type knows capital and small letters.</summary>
    public static bool ComparesText(AssertionType type) => type is AssertionType.Contains or AssertionType.NotContains or AssertionType.EqualTo
        or AssertionType.StartsWith or AssertionType.EndsWith or AssertionType.Regex or AssertionType.JsonPathEquals;

    private static string Empty(AssertionType type) => type switch
    {
        AssertionType.Regex => "Write a pattern to look for.",
        AssertionType.JsonSchema => "Paste a JSON Schema.",
        AssertionType.Judge => "Write what a good answer is like.",
        AssertionType.CostAtMost => "Write an amount in US dollars.",
        _ when IsNumeric(type) => "Write a number.",
        _ => "Write the text to look for.",
    };

    private static (bool?, string) Contains(Assertion assertion, string answer)
    {
        var wanted = Lines(assertion.Value);
        if (answer.Contains(wanted, Comparison(assertion)))
            return (true, $"The answer contains {Quoted.Text(wanted)}.");
        var almost = answer.IndexOf(wanted, StringComparison.OrdinalIgnoreCase);
        return (false, almost < 0
            ? $"{Quoted.Text(wanted)} was expected and is not in the answer."
            : $"{Quoted.Text(wanted)} was expected; the answer has it with other capital letters: {Quoted.Around(answer, almost, wanted.Length)}.");
    }

    private static (bool?, string) NotContains(Assertion assertion, string answer)
    {
        var unwanted = Lines(assertion.Value);
        var at = answer.IndexOf(unwanted, Comparison(assertion));
        return at < 0
            ? (true, $"{Quoted.Text(unwanted)} is not in the answer, as it should be.")
            : (false, $"{Quoted.Text(unwanted)} must not be in the answer, and is: {Quoted.Around(answer, at, unwanted.Length)}.");
    }

    private static (bool?, string) EqualTo(Assertion assertion, string answer)
    {
        var wanted = Lines(assertion.Value).Trim();
        if (answer.Equals(wanted, Comparison(assertion)))
            return (true, $"The answer is {Quoted.Text(wanted)}.");
        var same = 0;
        while (same < Math.Min(answer.Length, wanted.Length) && answer.AsSpan(same, 1).Equals(wanted.AsSpan(same, 1), Comparison(assertion)))
            same++;
        return (false, answer.Length == 0 ? $"{Quoted.Text(wanted)} was expected; the answer is empty."
            : same < 40 ? $"{Quoted.Text(wanted)} was expected; the answer is {Quoted.Text(answer)}."
            : same == answer.Length ? $"The answer stops at {Quoted.End(answer)}; then {Quoted.Text(wanted[same..])} was expected."
            : same == wanted.Length ? $"The answer goes on after what was expected: {Quoted.Text(answer[same..])}."
            : $"The answer differs from what was expected at {Quoted.Around(answer, same, 24)}; expected was {Quoted.Around(wanted, same, 24)}.");
    }

    private static (bool?, string) StartsWith(Assertion assertion, string answer)
    {
        var wanted = Lines(assertion.Value).TrimStart();
        return answer.StartsWith(wanted, Comparison(assertion))
            ? (true, $"The answer begins with {Quoted.Text(wanted)}.")
            : (false, $"The answer should begin with {Quoted.Text(wanted)}; it begins with {Quoted.Text(answer)}.");
    }

    private static (bool?, string) EndsWith(Assertion assertion, string answer)
    {
        var wanted = Lines(assertion.Value).TrimEnd();
        return answer.EndsWith(wanted, Comparison(assertion))
            ? (true, $"The answer ends with {Quoted.End(wanted)}.")
            : (false, $"The answer should end with {Quoted.End(wanted)}; it ends with {Quoted.End(answer)}.");
    }

    private static (bool?, string) Pattern(Assertion assertion, string answer)
    {
        var found = SafeRegex.Parse(assertion.Value, assertion.IgnoreCase, out _)!.Find(answer, out var tooLong);
        return tooLong ? (false, $"The pattern {Quoted.Text(assertion.Value)} took too long to be searched for, so the search was ended. A simpler pattern will do.")
            : found is { } place ? (true, $"The pattern {Quoted.Text(assertion.Value)} is found: {Quoted.Around(answer, place.At, place.Length)}.")
            : (false, $"The pattern {Quoted.Text(assertion.Value)} is not found in the answer.");
    }

    private static (bool?, string) IsJson(string answer) => JsonReading.InAnswer(answer, out var fenced, out var problem) is { } json
        ? (true, $"The answer is JSON, {What(json)}{Fenced(fenced)}.")
        : (false, $"The answer should be JSON, and is not: {problem}.");

    private static (bool?, string) Schema(Assertion assertion, string answer)
    {
        if (JsonReading.InAnswer(answer, out var fenced, out var problem) is not { } json)
            return (false, $"The answer should be JSON that follows the schema, and is no JSON: {problem}.");
        var problems = SchemaCheck.Problems(SchemaReader.Read(assertion.Value, out _)!, json);
        return problems.Count == 0
            ? (true, $"The answer is JSON that follows the schema{Fenced(fenced)}.")
            : (false, $"The answer does not follow the schema. {string.Join(' ', problems)}");
    }

    private static (bool?, string) JsonPath(Assertion assertion, string answer)
    {
        var (path, wanted) = (assertion.Path!.Trim(), assertion.Value);
        if (JsonReading.InAnswer(answer, out var fenced, out var problem) is not { } json)
            return (false, $"{path} should be {Quoted.Text(wanted)}, but the answer is no JSON: {problem}.");
        var found = JsonPlaces.Parse(path, out _)!.Find(json);
        if (found is null)
            return (false, $"Looking for {path} in the answer took too long, so it was ended.");
        if (found.Count == 0)
            return (false, $"There is nothing at {path}. The answer is {What(json)}{Names(json)}.");
        var parsed = JsonReading.Parse(wanted, out _);
        if (found.Any(element => IsValue(element, wanted, parsed, assertion)))
            return (true, found.Count == 1 ? $"{path} is {JsonReading.Describe(found[0])}{Fenced(fenced)}." : $"One of the {found.Count} values at {path} is {Quoted.Text(wanted)}{Fenced(fenced)}.");
        var came = string.Join(", ", found.Take(5).Select(JsonReading.Describe));
        return (false, $"{path} should be {Quoted.Text(wanted)}; it is {came}{(found.Count > 5 ? " and more" : "")}.");
    }

    // What a person writes is a text, or JSON where it reads as such: 12 and "12" are both what they mean by 12.
    private static bool IsValue(JsonElement element, string wanted, JsonElement? parsed, Assertion assertion) =>
        (element.ValueKind == JsonValueKind.String && string.Equals(Lines(element.GetString()!).Trim(), Lines(wanted).Trim(), Comparison(assertion)))
        || (parsed is { } json && JsonElement.DeepEquals(json, element))
        || (parsed is { ValueKind: JsonValueKind.String } text && element.ValueKind == JsonValueKind.String && string.Equals(text.GetString(), element.GetString(), Comparison(assertion)));

    private static (bool?, string) Words(Assertion assertion, int count) =>
        Limit(Number(assertion.Value)!.Value, count, assertion.Type == AssertionType.WordsAtMost, Of(count, "word"));

    private static (bool?, string) Tokens(Assertion assertion, string answer, int? counted)
    {
        var count = counted ?? TokenEstimate.Count(answer);
        return Limit(Number(assertion.Value)!.Value, count, assertion.Type == AssertionType.TokensAtMost, counted is null ? $"about {Of(count, "token")}" : Of(count, "token"));
    }

    private static (bool?, string) Limit(decimal limit, int count, bool most, string came)
    {
        var allowed = string.Create(CultureInfo.InvariantCulture, $"{(most ? "at most" : "at least")} {limit:N0} {(most ? "are allowed" : "are expected")}");
        return (most ? count <= limit : count >= limit)
            ? (true, $"The answer has {came}, {allowed}.")
            : (false, $"A{allowed[1..]}; the answer has {came}.");
    }

    private static (bool?, string) Latency(Assertion assertion, int? ms)
    {
        var limit = Number(assertion.Value)!.Value;
        return ms is not { } took ? (null, "How long the answer took was not measured, so this could not be checked.")
            : took <= limit ? (true, string.Create(CultureInfo.InvariantCulture, $"The answer took {took:N0} ms, at most {limit:N0} ms are allowed."))
            : (false, string.Create(CultureInfo.InvariantCulture, $"At most {limit:N0} ms are allowed; the answer took {took:N0} ms."));
    }

    private static (bool?, string) Cost(Assertion assertion, decimal? cost)
    {
        var limit = Number(assertion.Value)!.Value;
        return cost is not { } paid ? (null, "What the answer cost is unknown (the model has no price, or its tokens were not counted), so this could not be checked.")
            : paid <= limit ? (true, $"The answer cost {Dollars(paid)}, at most {Dollars(limit)} is allowed.")
            : (false, $"At most {Dollars(limit)} is allowed; the answer cost {Dollars(paid)}.");
    }

    private static string What(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"an object with {Of(json.GetPropertyCount(), "field")}",
        JsonValueKind.Array => $"a list with {Of(json.GetArrayLength(), "entry", "entries")}",
        _ => JsonReading.Describe(json),
    };

    private static string Names(JsonElement json) => json.ValueKind == JsonValueKind.Object && json.GetPropertyCount() > 0
        ? $": {Quoted.Cut(string.Join(", ", json.EnumerateObject().Take(12).Select(property => property.Name)))}"
        : "";

    private static string Fenced(bool fenced) => fenced ? ", in a ``` fence" : "";

    private static string Dollars(decimal amount) => "$" + amount.ToString("0.00######", CultureInfo.InvariantCulture);

    private static string Of(int count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    private static StringComparison Comparison(Assertion assertion) => assertion.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    // What was typed in a browser and what a model wrote end their lines differently, and nobody sees it.
    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    // A comma is what half the world has before the cents.
    private static decimal? Number(string text) =>
        decimal.TryParse(text.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
