using System.Text.Encodings.Web;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting;

/// <summary>A prompt's variables as JSON, the way <c>prompts.variables</c> keeps them, and beside a changing template.</summary>
public static class PromptVariables
{
    /// <summary>The most variables that are read.</summary>
    public const int MaxCount = 100;

    private const int MaxJsonLength = 1_000_000;

    /// <summary>
    /// Reads a list of variables, the documented plain list of names, or an object by name. Never fails: text that is no
    /// JSON gives an empty list, entries that make no sense are left out, a name twice counts once.
    /// </summary>
    public static IReadOnlyList<PromptVariable> FromJson(string? json)
    {
        if (string.IsNullOrWhiteSpace(json) || json.Length > MaxJsonLength)
            return [];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(VariableNames.Whole(json));
        }
        catch (JsonException)
        {
            // The column takes any JSON and imports take any text: what cannot be read declares nothing.
            return [];
        }
        using (document)
            return VariableJson.Read(document.RootElement, MaxCount);
    }

    /// <summary>The variables as a JSON list; what has no value is left out.</summary>
    public static string ToJson(IEnumerable<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            VariableJson.Write(writer, variables);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>
    /// The variables the template really uses, in the order of first use: declared ones with their details, new ones with a
    /// type guessed from name and place; declared ones that the template does not use are dropped.
    /// </summary>
    public static IReadOnlyList<PromptVariable> Reconcile(string template, IEnumerable<PromptVariable> declared)
    {
        ArgumentNullException.ThrowIfNull(declared);
        var known = new Dictionary<string, PromptVariable>(StringComparer.Ordinal);
        foreach (var variable in declared)
            known.TryAdd(variable.Name, variable);
        var parsed = PromptTemplate.Parse(template);
        var result = new List<PromptVariable>(parsed.VariableNames.Count);
        foreach (var name in parsed.VariableNames)
            result.Add(known.TryGetValue(name, out var variable) ? variable : new PromptVariable { Name = name, Type = VariableGuess.Type(parsed, name) });
        return result;
    }
}
