namespace MetaPrompt.Web.Prompting;

/// <summary>One clarifying question.</summary>
public sealed record Question
{
    /// <summary>Stable within a kind, so that an answer finds its question again.</summary>
    public required string Id { get; init; }

    /// <summary>The question, in the goal's words.</summary>
    public required string Text { get; init; }

    /// <summary>What the answer changes in the template, in one sentence.</summary>
    public required string Why { get; init; }

    /// <summary>The slot it fills.</summary>
    public required string Slot { get; init; }

    /// <summary>Three to five answers to pick from, a sensible default first.</summary>
    public required IReadOnlyList<string> Suggestions { get; init; }

    /// <summary>The sentence the template gets when the question is skipped.</summary>
    public string? AssumptionIfSkipped { get; init; }
}

/// <summary>What a person did with a question.</summary>
public sealed record QuestionAnswer
{
    /// <summary><see cref="Question.Id"/>.</summary>
    public required string QuestionId { get; init; }

    /// <summary>The question as it was asked.</summary>
    public required string QuestionText { get; init; }

    /// <summary>A suggestion or the person's own words; null when skipped.</summary>
    public string? Answer { get; init; }

    /// <summary>For a skipped question: the assumption as the person left it. Null stands for the question's own; empty for none.</summary>
    public string? Assumption { get; init; }

    /// <summary>The question's slot, if known.</summary>
    public string? Slot { get; init; }

    /// <summary>Whether the question was skipped.</summary>
    public bool Skipped => Answer is null;
}
