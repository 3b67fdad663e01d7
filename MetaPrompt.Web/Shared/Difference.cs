namespace MetaPrompt.Web.Shared;

/// <summary>A text before and after, by what people call it.</summary>
public sealed record ComparedText(string Label, string Old, string Current);

/// <summary>A text that changed.</summary>
public sealed record ChangedText(string Label, IReadOnlyList<DiffBlock> Blocks);

/// <summary>What is different between two versions, ready to be shown. Long texts take a moment: make it off the circuit.</summary>
public sealed record Difference
{
    private Difference(IReadOnlyList<ChangedText> texts, int added, int removed) => (Texts, Added, Removed) = (texts, added, removed);

    /// <summary>The texts that changed, in the order they were given.</summary>
    public IReadOnlyList<ChangedText> Texts { get; }

    /// <summary>Words that are new.</summary>
    public int Added { get; }

    /// <summary>Words that are gone.</summary>
    public int Removed { get; }

    /// <summary>Stretches of changed lines.</summary>
    public int Places => Texts.Sum(text => text.Blocks.Count(block => block.Kind == DiffBlockKind.Changed));

    /// <summary>In words, for a line above it.</summary>
    public string Summary =>
        Texts.Count == 0 ? "Nothing is different."
        : Added + Removed == 0 ? "No word is different, only blanks and signs."
        : $"{Numbers.Of(Added, "word", "words")} added, {Numbers.Of(Removed, "word", "words")} removed.";

    /// <summary>Compares texts in pairs; those that are the same are left out.</summary>
    public static Difference Of(params IEnumerable<ComparedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var changed = new List<ChangedText>();
        var (added, removed) = (0, 0);
        foreach (var (label, old, current) in texts)
        {
            if (old == current)
                continue;
            var rows = LineDiff.Of(old, current);
            changed.Add(new ChangedText(label, LineDiff.Blocks(rows)));
            var (more, less) = TextDiff.Count(rows.Where(row => !row.IsKept).SelectMany(row => (row.Old?.Runs ?? []).Concat(row.Current?.Runs ?? [])));
            (added, removed) = (added + more, removed + less);
        }

        return new Difference(changed, added, removed);
    }
}
