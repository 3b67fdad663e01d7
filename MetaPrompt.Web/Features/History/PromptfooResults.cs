using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.History;

/// <summary>
/// A <c>promptfooconfig.yaml</c> that asks again what was asked: the models with their settings, the prompts in the versions that
/// were tested, and a test for each set of values with its checks. The answers themselves are not in it. What the format cannot
/// carry stands in comments at its top.
/// </summary>
public sealed class PromptfooResults
{
    /// <summary>The most tests in a file; what comes after them is left out, and said to be.</summary>
    public const int MostTests = 2_000;

    private const int MostCharacters = 10_000_000;

    private readonly OrderedDictionary<string, DataNode> _providers = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<(Guid PromptId, int Version, string System), int> _prompts = [];
    private readonly Dictionary<string, (Guid PromptId, string? Name, IReadOnlyList<(string Name, string Value)> Values, IReadOnlyList<Assertion> Assertions)> _tests = new(StringComparer.Ordinal);
    private readonly PromptfooAssertions _assertions = new();
    private readonly SortedSet<string> _notes = new(StringComparer.Ordinal);
    private int _characters;

    /// <summary>The versions whose texts are wanted.</summary>
    public IReadOnlyCollection<(Guid PromptId, int Version)> Versions => [.. _prompts.Keys.Select(key => (key.PromptId, key.Version)).Distinct()];

    /// <summary>Takes a result up. False where the file is full.</summary>
    public bool Add(ResultDetails result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var parameters = Object(result.Parameters);
        AddProvider(result, parameters);
        var system = parameters.TryGetValue("system", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
        _prompts.TryAdd((result.PromptId, result.PromptVersion ?? 0, system), _prompts.Count);

        var assertions = AssertionJson.ReadOutcomes(result.Outcomes).Select(outcome => outcome.Assertion).ToList();
        var asked = $"{result.PromptId}\n{result.VariableValues}\n{AssertionJson.Write(assertions)}";
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(asked)));
        if (_tests.ContainsKey(key))
            return true;
        if (_tests.Count == MostTests || _characters + asked.Length > MostCharacters)
        {
            _notes.Add($"Only the first {_tests.Count.ToString("N0", CultureInfo.InvariantCulture)} tests are here: narrow the list down to export others.");
            return false;
        }

        _characters += asked.Length;
        _tests.Add(key, (result.PromptId, result.CaseName, ResultWords.Members(result.VariableValues), assertions));
        return true;
    }

    /// <summary>The file.</summary>
    /// <param name="templates">The texts of <see cref="Versions"/>.</param>
    /// <param name="day">The day it is made, for its description.</param>
    public string Write(IReadOnlyList<TestedTemplate> templates, string day)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var texts = templates.DistinctBy(template => (template.PromptId, template.Version)).ToDictionary(template => (template.PromptId, template.Version));
        var labels = new Dictionary<(Guid, int, string), string>();
        var prompts = new List<DataNode>();
        foreach (var key in _prompts.Keys.Where(key => texts.ContainsKey((key.PromptId, key.Version))))
        {
            var template = texts[(key.PromptId, key.Version)];
            labels[key] = Label(template, labels.Values);
            if (!template.IsThatVersion)
                _notes.Add($"{labels[key]}: the version that was tested is not known any more, so the prompt stands here as it is now.");
            prompts.Add(DataNode.Map(("label", DataNode.Scalar(labels[key])), ("raw", DataNode.Scalar(Raw(template.Template, key.System)))));
        }

        var several = _prompts.Keys.Select(key => key.PromptId).Distinct().Count() > 1;
        var tests = new List<DataNode>();
        foreach (var (promptId, name, values, assertions) in _tests.Values)
        {
            tests.Add(DataNode.Map(
                ("description", DataNode.Of(name)),
                ("prompts", several ? PromptWriters.Texts([.. labels.Where(label => label.Key.Item1 == promptId).Select(label => label.Value)]) : null),
                ("vars", DataNode.Map([.. values.Select(value => new KeyValuePair<string, DataNode>(value.Name, DataNode.Scalar(PromptfooAssertions.Literal(value.Value))))]).OrNothing()),
                ("assert", DataNode.List([.. assertions.Select(assertion => _assertions.Write(assertion)).OfType<DataNode>()]).OrNothing())));
        }

        if (labels.Keys.Any(key => key.Item3.Length > 0) && _tests.Values.Any(test => test.Values.Any(value => PromptfooAssertions.Literal(value.Value) != value.Value)))
            _notes.Add("Braces in values: promptfoo unpacks them in a plain prompt, and shows them packed where there is a system message.");

        // A file without a test runs each prompt once.
        var yaml = YamlText.Write(DataNode.Map(
            ("description", DataNode.Scalar($"Tests from MetaPrompt, {day}")),
            ("prompts", DataNode.List(prompts)),
            ("providers", DataNode.List([.. _providers.Values])),
            ("tests", DataNode.List(tests).OrNothing())));
        return Comments() + yaml;
    }

    private string Comments()
    {
        string[] notes = [.. _notes, .. _assertions.Notes];
        var comments = new StringBuilder("# promptfoo asks every model every test of its prompts, also where they were not tested together.\n");
        comments.Append("# Run it with: npx promptfoo@latest eval -c promptfooconfig.yaml\n");
        if (notes.Length > 0)
            comments.Append("# Not carried over:\n");
        foreach (var note in notes)
            comments.Append("# - ").Append(string.Join(' ', note.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Append('\n');
        return comments.ToString();
    }

    private void AddProvider(ResultDetails result, IReadOnlyDictionary<string, JsonElement> parameters)
    {
        var model = result.ModelId ?? result.Model;
        if (result.ModelId is null)
            _notes.Add($"{model}: what its provider calls it is not known, so its name here stands for it.");
        var id = ProviderId(model, out var isGuess);
        if (isGuess)
            _notes.Add($"{model}: which provider it has is a guess. Correct its id, and add an apiBaseUrl to its config where it is not OpenAI's.");
        var isOllama = id.StartsWith("ollama:", StringComparison.Ordinal);
        var isAnthropic = id.StartsWith("anthropic:", StringComparison.Ordinal);
        var settings = new List<KeyValuePair<string, DataNode>> { new("temperature", Plain(result.Temperature.ToString(CultureInfo.InvariantCulture))) };
        foreach (var (name, value) in parameters)
        {
            switch (name)
            {
                case "max_tokens":
                    settings.Add(new(isOllama ? "num_predict" : name, Plain(value.GetRawText())));
                    break;
                case "top_p" or "seed" when !(isAnthropic && name == "seed"):
                    settings.Add(new(name, Plain(value.GetRawText())));
                    break;
                case "stop" when value.ValueKind == JsonValueKind.Array && !isAnthropic:
                    settings.Add(new(name, DataNode.List([.. value.EnumerateArray().Select(item => DataNode.Scalar(item.ToString()))])));
                    break;
                case "json" when value.ValueKind == JsonValueKind.True && !isOllama && !isAnthropic:
                    settings.Add(new("response_format", DataNode.Map(("type", DataNode.Scalar("json_object")))));
                    break;
                case "system":
                    break;
                default:
                    _notes.Add($"{model}: {ResultWords.Parameter(name)}.");
                    break;
            }
        }

        var config = DataNode.Map(settings);
        var key = id + "\n" + YamlText.Write(config);
        if (_providers.ContainsKey(key))
            return;
        var label = $"{result.Model} at {ResultWords.Temperature(result.Temperature)}";
        var taken = _providers.Values.Select(provider => provider.String("label")).ToHashSet();
        for (var number = 2; taken.Contains(label); number++)
            label = $"{result.Model} at {ResultWords.Temperature(result.Temperature)} ({number})";
        _providers.Add(key, DataNode.Map(("id", DataNode.Scalar(id)), ("label", DataNode.Scalar(label)), ("config", config)));
    }

    private static string ProviderId(string model, out bool isGuess)
    {
        isGuess = false;
        if (model.StartsWith("claude", StringComparison.OrdinalIgnoreCase))
            return "anthropic:messages:" + model;
        if (model.StartsWith("gpt-", StringComparison.OrdinalIgnoreCase) || model is ['o' or 'O', >= '1' and <= '9', ..])
            return "openai:chat:" + model;
        isGuess = true;
        return model.Contains('/', StringComparison.Ordinal) ? "openrouter:" + model
            : model.Contains(':', StringComparison.Ordinal) ? "ollama:chat:" + model
            : "openai:chat:" + model;
    }

    // A system message makes it a conversation, which promptfoo reads from JSON and fills in its texts.
    private static string Raw(string template, string system)
    {
        if (system.Length == 0)
            return CollectionWriters.Raw(template);
        var text = DialectWriter.Write(template, PlaceholderDialect.Jinja);
        return JsonSerializer.Serialize(new[]
        {
            new { role = "system", content = PromptfooAssertions.Literal(system) },
            new { role = "user", content = text },
        }, PromptfooAssertions.Relaxed) + "\n";
    }

    private static string Label(TestedTemplate template, IReadOnlyCollection<string> taken)
    {
        var name = CleanText.Cut(template.Title, 200) + (template.Version > 0 ? $" v{template.Version.ToString(CultureInfo.InvariantCulture)}" : "");
        var label = name;
        for (var number = 2; taken.Contains(label); number++)
            label = $"{name} ({number.ToString(CultureInfo.InvariantCulture)})";
        return label;
    }

    private static DataNode Plain(string text) => DataNode.Scalar(text, isPlain: true);

    private static Dictionary<string, JsonElement> Object(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object ? []
            : document.RootElement.EnumerateObject().GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Last().Value.Clone(), StringComparer.Ordinal);
    }
}
