using System.Text.Json;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>What is chosen for a run besides the values: it survives a reload in the browser's memory.</summary>
public sealed record TestSetup
{
    private const int MostTexts = 50;

    /// <summary>The texts; never empty.</summary>
    public required IReadOnlyList<TextChoice> Texts { get; init; }

    /// <summary>Names of the chosen models; null until somebody chose: then it is the best there is.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Temperatures; never empty.</summary>
    public IReadOnlyList<decimal> Temperatures { get; init; } = Testing.Temperatures.Default;

    /// <summary>What else is asked for.</summary>
    public RunParameters Parameters { get; init; } = RunParameters.None;

    /// <summary>Whether the prompt's test cases are run, and not what is typed.</summary>
    public bool UsesCases { get; init; }

    /// <summary>Test cases that are not run this time.</summary>
    public IReadOnlyList<Guid> LeftOut { get; init; } = [];

    /// <summary>What a page begins with: the prompt as it is now.</summary>
    public static TestSetup Of(Guid promptId) => new() { Texts = [new(promptId, null)] };

    /// <summary>The chosen models that there are, in the list's order; where none of them is, or nobody chose, the first.</summary>
    public IReadOnlyList<ModelSettings> ModelsOf(IReadOnlyList<ModelSettings> available)
    {
        ArgumentNullException.ThrowIfNull(available);
        ModelSettings[] chosen = Models is null ? [] : [.. available.Where(model => Models.Contains(model.Name, StringComparer.OrdinalIgnoreCase))];
        return chosen.Length > 0 || Models is [] ? chosen : [.. available.Take(1)];
    }

    /// <summary>As it is kept.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("texts");
            foreach (var text in Texts)
            {
                json.WriteStartObject();
                json.WriteString("prompt", text.PromptId);
                if (text.Version is { } version)
                    json.WriteNumber("version", version);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (Models is not null)
                Write(json, "models", Models, json.WriteStringValue);
            Write(json, "temperatures", Temperatures, json.WriteNumberValue);
            json.WritePropertyName("parameters");
            json.WriteRawValue(Parameters.ToJson());
            if (UsesCases)
                json.WriteBoolean("cases", true);
            if (LeftOut.Count > 0)
                Write(json, "left_out", LeftOut, json.WriteStringValue);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>From <see cref="ToJson"/>; null where it is anything else. Any text may stand in a browser's memory.</summary>
    public static TestSetup? FromJson(string? text, Guid promptId)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            TextChoice[] texts = [.. List(root, "texts").Select(entry => new TextChoice(entry.GetProperty("prompt").GetGuid(), entry.TryGetProperty("version", out var version) ? version.GetInt32() : null)).Distinct().Take(MostTexts)];
            decimal[] temperatures = [.. List(root, "temperatures").Select(entry => Math.Clamp(decimal.Round(entry.GetDecimal(), 2), Testing.Temperatures.Coldest, Testing.Temperatures.Hottest)).Distinct().Take(Testing.Temperatures.MaxCount)];
            var parameters = RunParameters.FromJson(root.GetProperty("parameters").GetRawText());
            return new TestSetup
            {
                Texts = texts.Length > 0 ? texts : [new(promptId, null)],
                Models = root.TryGetProperty("models", out _) ? [.. List(root, "models").Select(entry => entry.GetString()!)] : null,
                Temperatures = temperatures.Length > 0 ? temperatures : Testing.Temperatures.Default,
                Parameters = parameters.Problems().Count == 0 ? parameters : RunParameters.None,
                UsesCases = root.TryGetProperty("cases", out var cases) && cases.GetBoolean(),
                LeftOut = [.. List(root, "left_out").Select(entry => entry.GetGuid())],
            };
        }
        catch (Exception strange) when (strange is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static JsonElement[] List(JsonElement root, string name) => root.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];

    private static void Write<T>(Utf8JsonWriter json, string name, IEnumerable<T> entries, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries)
            write(entry);
        json.WriteEndArray();
    }
}
