namespace MetaPrompt.Web.Features.Account;

/// <summary>What is wrong with a form: by field, and with the whole.</summary>
public sealed class FormErrors
{
    private readonly Dictionary<string, string> _byField = [];

    /// <summary>What is wrong with the whole; null for nothing.</summary>
    public string? Whole { get; private set; }

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => Whole is not null || _byField.Count > 0;

    /// <summary>Every sentence, the whole's first.</summary>
    public IEnumerable<string> All => Whole is null ? _byField.Values : _byField.Values.Prepend(Whole);

    /// <summary>What is wrong with a field; null for nothing.</summary>
    public string? this[string field] => _byField.GetValueOrDefault(field);

    /// <summary>Notes a problem with a field, where there is one.</summary>
    public void Add(string field, string? problem)
    {
        if (problem is not null)
            _byField[field] = problem;
    }

    /// <summary>Notes a problem with the whole.</summary>
    public void Add(string problem) => Whole = problem;
}
