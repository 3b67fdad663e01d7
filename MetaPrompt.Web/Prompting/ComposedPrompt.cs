namespace MetaPrompt.Web.Prompting;

/// <summary>A template made from a goal and answers.</summary>
public sealed record ComposedPrompt
{
    /// <summary>Short, in sentence case, at most 80 characters.</summary>
    public required string Title { get; init; }

    /// <summary>The template's text; every placeholder in it is declared in <see cref="Variables"/>.</summary>
    public required string Template { get; init; }

    /// <summary>In the order of first use.</summary>
    public required IReadOnlyList<PromptVariable> Variables { get; init; }

    /// <summary>One sentence for each skipped question; each stands in the template word for word.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>The template's sections in order, each with the questions whose answers it says, as the model that wrote it tells; empty where it does not.</summary>
    public IReadOnlyList<SectionOrigin> Sections { get; init; } = [];
}
