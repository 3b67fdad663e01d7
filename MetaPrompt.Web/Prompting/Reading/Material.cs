namespace MetaPrompt.Web.Prompting.Reading;

/// <summary>What the work starts from and what changes from use to use: pasted text that becomes a variable.</summary>
/// <param name="Phrase">Without determiner, in the number the template uses: "merged pull requests", "support ticket".</param>
/// <param name="Mention">As it stands in the goal, determiner included; empty where the goal does not name it.</param>
internal sealed record Material(string Phrase, string Mention)
{
    /// <summary>The variable's name.</summary>
    public string Name { get; } = NameOf(Phrase);

    /// <summary>Whether English treats it as several.</summary>
    public bool Plural => English.IsPlural(Phrase);

    /// <summary>"the support ticket".</summary>
    public string The => "the " + Phrase;

    /// <summary>"it" or "them".</summary>
    public string It => Plural ? "them" : "it";

    private static string NameOf(string phrase)
    {
        // Long descriptions make unwieldy names: the last words carry the noun.
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var of = Array.FindIndex(words, word => word is "of" or "with");
        if (of > 0)
            words = words[..of];
        var name = VariableNames.Normalise(string.Join(' ', words.TakeLast(3)).ToLowerInvariant());
        return name.Length == 0 ? "text" : name;
    }
}
