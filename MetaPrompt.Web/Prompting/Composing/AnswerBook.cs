namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>The answers given so far, by question.</summary>
internal sealed class AnswerBook
{
    private readonly Dictionary<string, QuestionAnswer> _byId = new(StringComparer.Ordinal);

    public AnswerBook(IReadOnlyList<QuestionAnswer> answers)
    {
        // Asked again, the later answer counts.
        foreach (var answer in answers)
            _byId[answer.QuestionId] = answer;
        All = answers.Where(answer => ReferenceEquals(_byId[answer.QuestionId], answer)).ToList();
    }

    public IReadOnlyList<QuestionAnswer> All { get; }

    public QuestionAnswer? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>What was answered; null for open, skipped and "I don't know".</summary>
    public Reply? Reply(string id) => Composing.Reply.Of(Find(id)?.Answer);

    /// <summary>Whether the answer to a question contains one of the words.</summary>
    public bool Says(string id, params ReadOnlySpan<string> words)
    {
        if (Find(id)?.Answer is not { } answer)
            return false;
        foreach (var word in words)
        {
            if (answer.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
