namespace MetaPrompt.Tests.Abuse;

/// <summary>Something nobody types by accident. What would run, if it ever did, names itself <see cref="Corpus.Mark"/>.</summary>
/// <param name="Kind">What it is an attempt at.</param>
/// <param name="Text">As it would be typed; percent signs are its own.</param>
public sealed record HostileInput(string Kind, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {System.Text.Json.JsonSerializer.Serialize(Text.Length > 80 ? Text[..80] + "…" + Text.Length : Text)}";
}

/// <summary>The hostile inputs: made by code, the same in every run, each of them once.</summary>
public static class Corpus
{
    /// <summary>A word in every input that is markup or leads somewhere: an answer without it cannot have kept anything of one.</summary>
    public const string Mark = "evil";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostileInput> All { get; } =
    [
        .. ((IEnumerable<HostileInput>)[
            .. CorpusOfText.All, .. CorpusOfQueries.All, .. CorpusOfMarkup.All, .. CorpusOfMarkdown.All, .. CorpusOfData.All, .. CorpusOfValues.All,
        ]).DistinctBy(input => input.Text),
    ];

    /// <summary>Their kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. All.Select(input => input.Kind).Distinct()];

    /// <summary>So many of each kind, others for every <paramref name="salt"/>, the same in every run.</summary>
    public static IEnumerable<HostileInput> Sample(int ofEachKind, int salt)
    {
        foreach (var kind in ByKind)
        {
            // A step that shares no factor with the length comes past all of them.
            var inputs = kind.Value;
            for (var i = 0; i < Math.Min(ofEachKind, inputs.Length); i++)
                yield return inputs[(int)(((long)salt * 7919 + i * 104_729L) % inputs.Length)];
        }
    }

    /// <summary>
    /// What is not even text: percent-encoded bytes that are no UTF-8, overlong ones, cut ones, and dots and slashes in disguise.
    /// To be put into an address as they are.
    /// </summary>
    public static IReadOnlyList<string> RawBytes { get; } =
    [
        "%", "%%", "%zz", "%u0041", "%00", "%0", "%0d%0aX-Evil:%20evil", "%0a", "%7f", "%80", "%bf", "%ff", "%fe%ff", "%c0%ae", "%c0%af", "%c0%80", "%c1%bf", "%c2",
        "%e0%80%80", "%e0%80%ae", "%e2%82", "%ed%a0%80", "%ed%bf%bf", "%ed%a0%80%ed%b0%80", "%ef%bf%be", "%ef%bf%bf", "%f0%80%80%af", "%f0%9f", "%f4%90%80%80", "%f8%88%80%80%80",
        "%fc%80%80%80%80%af", "%2e%2e%2f", "%2e%2e%5c", "..%2f..%2f..%2fetc%2fpasswd", "..%255c..%255cwindows", "%252e%252e%252f", "%25%30%30", "%2500", "..%c0%af..%c0%af", "%e2%80%ae", "%ef%bb%bf",
        "%3Cscript%3Ealert(%27evil%27)%3C/script%3E", "%253Cscript%253Eevil%253C/script%253E", "%2F%2Fevil.example", "%5cevil.example", "%09", "%20", "%2B", "+", "%26q=evil", "%23", "%3f", "%3b", ";a=b", "a%2fb", "a%5cb", "~", "::$DATA", "%E0%A4%A", "%C3%28",
    ];

    private static Dictionary<string, HostileInput[]> ByKind { get; } = All.GroupBy(input => input.Kind).ToDictionary(kind => kind.Key, kind => kind.ToArray());
}
