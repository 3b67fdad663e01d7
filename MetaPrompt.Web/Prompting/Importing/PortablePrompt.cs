namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// A prompt between two tools: what every reader makes and every writer takes. A format that has several messages becomes one
/// template (see <see cref="MessageText"/>); what else MetaPrompt cannot hold is told in <see cref="ReadPrompt.Notes"/>.
/// </summary>
public sealed record PortablePrompt
{
    /// <summary>At most 255 characters, one line, not blank.</summary>
    public required string Title { get; init; }

    /// <summary>What it is for; at most 20,000 characters.</summary>
    public string Goal { get; init; } = "";

    /// <summary>Text with <c>{{name}}</c> placeholders; at most 500,000 characters, blank space at both ends dropped.</summary>
    public required string Template { get; init; }

    /// <summary>Its variables with their details, in the order of first use.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; init; } = [];

    /// <summary>Lower-case tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>A prompt that was read.</summary>
/// <param name="Row">As a spreadsheet counts, for a CSV: the first line is row 1. Otherwise the first prompt is 1.</param>
/// <param name="Line">The line of the file where it begins.</param>
/// <param name="Prompt">What it becomes.</param>
/// <param name="Notes">What was left behind or changed, a plain sentence each; continues "This prompt: …".</param>
public sealed record ReadPrompt(int Row, long Line, PortablePrompt Prompt, IReadOnlyList<string> Notes);

/// <summary>Something to tell about a row or a prompt of a file.</summary>
/// <param name="Row">As <see cref="ReadPrompt.Row"/>.</param>
/// <param name="Line">The line of the file where it begins.</param>
/// <param name="Text">Continues "row 7 …" in plain words.</param>
/// <param name="IsDuplicate">It is fine, but the same text is there already.</param>
public sealed record RowNote(int Row, long Line, string Text, bool IsDuplicate = false);

/// <summary>What a file holds.</summary>
public sealed record ReadFile
{
    /// <summary>What it was read as.</summary>
    public required PromptFormat Format { get; init; }

    /// <summary>Prompts in the file, good and bad.</summary>
    public required int Count { get; init; }

    /// <summary>Those that can be imported, in the file's order.</summary>
    public required IReadOnlyList<ReadPrompt> Prompts { get; init; }

    /// <summary>Those that cannot, with the reason.</summary>
    public required IReadOnlyList<RowNote> Problems { get; init; }
}
