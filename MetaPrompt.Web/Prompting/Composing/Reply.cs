using System.Text;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>
/// A person's own words, ready to stand in a sentence whatever they are: a phrase, a sentence, an order, a list, markup.
/// Well-formed <c>{{name}}</c> placeholders stay what they are; every other brace is text.
/// </summary>
internal sealed partial class Reply
{
    private const int MostItems = 40;

    private Reply(string text, IReadOnlyList<string> items)
    {
        Text = text;
        Items = items;
    }

    /// <summary>Tidied and safe to put in a template; may have several lines.</summary>
    public string Text { get; }

    /// <summary>Its lines, or its comma-separated parts where there is one line.</summary>
    public IReadOnlyList<string> Items { get; }

    public bool HasLines => Text.Contains('\n', StringComparison.Ordinal);

    public static Reply? Of(string? raw)
    {
        if (raw is null)
            return null;
        var text = Controls().Replace(VariableNames.Whole(raw).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), " ");
        var lines = text.Split('\n').Select(line => Spaces().Replace(line, " ").Trim()).ToList();
        text = string.Join('\n', lines).Trim();
        text = BlankLines().Replace(text, "\n");
        if (text.Trim('.', '-', '?', '!', ' ', ',', '*', '"', '\'', '_').Length == 0 || Nothing().IsMatch(text))
            return null;
        text = TemplateText.Safe(text);
        var items = text.Contains('\n', StringComparison.Ordinal)
            ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => Bullet().Replace(line, "").Trim()).Where(line => line.Length > 0).ToList()
            : text.Contains(';', StringComparison.Ordinal) ? [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : GoalLists.Items(text);
        return new Reply(text, items.Take(MostItems).ToList());
    }

    /// <summary>Whether it can follow a preposition: one line, short, no sentence.</summary>
    public bool IsPhrase => !HasLines && Text.Length <= 90 && !SentenceLike().IsMatch(Text) && !InnerEnd().IsMatch(Text);

    /// <summary>Whether it can follow "sound" or "be": a few words, no article or verb in front.</summary>
    public bool IsManner => IsPhrase && Text.Split(' ').Length <= 6 && !English.StartsWithDeterminer(Text) && Verbs.Base(GoalSentence.FirstWord(Text)) is null && !Text.StartsWith("in ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is an order of its own: "Don't mention prices".</summary>
    public bool IsOrder => !HasLines && (Verbs.Is(GoalSentence.FirstWord(Text)) && Text.Contains(' ', StringComparison.Ordinal) || Order().IsMatch(Text));

    /// <summary>Without the full stop, first letter as inside a sentence.</summary>
    public string Inner => English.Lower(Text.TrimEnd('.', ' ', ';', ',', ':', '!'));

    /// <summary>As a sentence of its own.</summary>
    public string Sentence => English.Upper(Text).TrimEnd() is var text && text.EndsWith('.') || text.EndsWith('?') || text.EndsWith('!') ? text : text.TrimEnd(',', ';', ':', ' ') + ".";

    /// <summary>The lead, a colon and the words; several lines become a list.</summary>
    public string After(string lead, string? then = null)
    {
        // "Don't mention prices" is an order by itself, whatever was asked.
        if (!HasLines && Order().IsMatch(Text))
            return Prohibition.WithWayOut(Sentence) + (then is null ? "" : " " + then);
        if (!HasLines)
            return lead + ": " + Inner + "." + (then is null ? "" : " " + then);
        var list = new StringBuilder(lead).Append(':');
        foreach (var item in Items)
            list.Append("\n- ").Append(item);
        return list.Append(then is null ? "" : "\n" + then).ToString();
    }

    /// <summary>A phrase goes into the sentence at {0}; anything else follows the lead.</summary>
    public string Into(string sentence, string lead, string? then = null) =>
        IsPhrase ? sentence.Replace("{0}", Inner, StringComparison.Ordinal) + (then is null ? "" : " " + then) : After(lead, then);

    [GeneratedRegex("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\t]")]
    private static partial Regex Controls();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();

    [GeneratedRegex("\\n{2,}")]
    private static partial Regex BlankLines();

    [GeneratedRegex("^(?:[-*•>]+\\s+|\\d{1,2}[.)]\\s+)")]
    private static partial Regex Bullet();

    [GeneratedRegex("^(?:i ?don'?t (?:know|care|mind)|i don’t know|idk|dunno|no idea|not sure|unsure|don'?t know|no|none|nothing|n/?a|na|nil|null|skip|whatever|anything|any|you (?:decide|choose)|up to you|doesn'?t matter|no preference|same|yes|ok|okay|default|tbd|\\?+)[.!?]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Nothing();

    [GeneratedRegex("^(?:i|i'm|i’m|we|you|he|she|it|it's|they|there|this is|that|if|when|because|to|please|don'?t|don’t|do|never|always|only|must|should|could|can|just|make|write|keep|use|let|avoid|include|give|be|is|are|yes|no|not|so|for|and|but|as|in|with|by|at|on|about)\\b|\\b(?:is|are|was|were|has|have|should|must|don'?t|don’t|will|can't|wants?|needs?)\\b|[:;\"“”<>{}\\[\\]#|]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SentenceLike();

    [GeneratedRegex("[.!?]\\s")]
    private static partial Regex InnerEnd();

    [GeneratedRegex("^(?:don'?t|don’t|do not|never|always|avoid|only|please|keep|use|include|exclude|leave|stick|mention|say|be|let|make|no)\\b.+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Order();
}
