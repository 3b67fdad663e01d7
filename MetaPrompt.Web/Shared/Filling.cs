using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Shared;

/// <summary>A prompt's variables with what they are filled with, from an address or from their defaults.</summary>
public sealed record Filling
{
    private Filling(IReadOnlyList<PromptVariable> variables, IReadOnlyDictionary<string, string> values, string filled) =>
        (Variables, Values, Filled) = (variables, values, filled);

    /// <summary>The variables, in the order of first use.</summary>
    public IReadOnlyList<PromptVariable> Variables { get; }

    /// <summary>What is known, by name.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    /// <summary>The text with all that is known in place.</summary>
    public string Filled { get; }

    /// <summary>Without JavaScript the form comes back as an address: v.name=value. What was emptied there stays empty.</summary>
    public static Filling Of(string template, string variables, IQueryCollection query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var known = PromptVariables.Reconcile(template, PromptVariables.FromJson(variables));
        var sent = query.Keys.Any(key => key.StartsWith("v.", StringComparison.Ordinal));
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in known)
        {
            var value = query.TryGetValue("v." + variable.Name, out var given) ? given.ToString()
                : sent ? null
                : variable.Default;
            if (!string.IsNullOrEmpty(value))
                values[variable.Name] = value;
        }

        return new Filling(known, values, PromptTemplate.Parse(template).Resolve(values));
    }
}
