using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>One prompt in each of the formats that hold one in a file.</summary>
internal static partial class PromptWriters
{
    /// <summary>Markdown with our front block. The template stands below it as it is.</summary>
    public static string Markdown(PortablePrompt prompt) => Front(
        DataNode.Map(
            ("title", DataNode.Of(prompt.Title)),
            ("goal", DataNode.Of(prompt.Goal)),
            ("tags", DataNode.List([.. prompt.Tags.Select(tag => DataNode.Scalar(tag))]).OrNothing()),
            ("variables", DataNode.List([.. prompt.Variables.Select(Full)]).OrNothing())),
        prompt.Template);

    /// <summary>A <c>.prompt.yml</c>: the text as the user's message, the variables' values as the first test's.</summary>
    public static string GitHubModels(PortablePrompt prompt)
    {
        var values = DataNode.Map([.. prompt.Variables
            .Select(variable => (variable.Name, Value: variable.Example ?? variable.Default))
            .Where(pair => !string.IsNullOrEmpty(pair.Value))
            .Select(pair => new KeyValuePair<string, DataNode>(pair.Name, DataNode.Scalar(pair.Value)))]);
        return YamlText.Write(DataNode.Map(
            ("name", DataNode.Of(prompt.Title)),
            ("description", DataNode.Of(prompt.Goal)),
            ("messages", DataNode.List([DataNode.Map(("role", DataNode.Of("user")), ("content", DataNode.Of(DialectWriter.Write(prompt.Template, PlaceholderDialect.Plain))))])),
            ("testData", values.OrNothing() is { } example ? DataNode.List([example]) : null)));
    }

    /// <summary>A <c>.prompty</c> with Jinja below a front block that declares the inputs.</summary>
    public static string Prompty(PortablePrompt prompt)
    {
        // A line that looks like a role's marker would begin another message.
        var body = PromptyReader.RoleLine().Replace(DialectWriter.Write(prompt.Template, PlaceholderDialect.Jinja), marker =>
        {
            var role = marker.Groups["role"];
            var at = role.Index - marker.Index;
            return $"{marker.Value[..at]}{{{{ \"{role.Value}\" }}}}{marker.Value[(at + role.Length)..]}";
        });
        return Front(
            DataNode.Map(
                ("name", DataNode.Of(prompt.Title)),
                ("description", DataNode.Of(prompt.Goal)),
                ("inputs", DataNode.Map([.. prompt.Variables.Select(variable => new KeyValuePair<string, DataNode>(variable.Name, DataNode.Map(
                    ("kind", DataNode.Of(Kind(variable.Type))),
                    ("description", DataNode.Of(variable.Help)),
                    ("required", DataNode.Scalar(variable.Required ? "true" : "false", isPlain: true)),
                    ("default", DataNode.Of(variable.Default)),
                    ("example", DataNode.Of(variable.Example)),
                    ("enumValues", Texts(variable.Choices)))))]).OrNothing()),
                ("template", DataNode.Map(("format", DataNode.Of("jinja2")), ("parser", DataNode.Of("prompty"))))),
            "user:\n" + body);
    }

    /// <summary>A <c>.prompt</c> with Handlebars below a front block with a JSON schema of the input.</summary>
    public static string Dotprompt(PortablePrompt prompt)
    {
        var properties = DataNode.Map([.. prompt.Variables.Select(variable => new KeyValuePair<string, DataNode>(variable.Name, DataNode.Map(
            ("type", DataNode.Of(Kind(variable.Type))),
            ("format", DataNode.Of(variable.Type switch { VariableType.Date => "date", VariableType.LongText => "textarea", _ => null })),
            ("title", DataNode.Of(variable.Label)),
            ("description", DataNode.Of(variable.Help)),
            ("enum", Texts(variable.Choices)),
            ("examples", variable.Example is { Length: > 0 } example ? Texts([example]) : null),
            ("maxLength", variable.MaxLength is { } length ? DataNode.Scalar(length.ToString(System.Globalization.CultureInfo.InvariantCulture), isPlain: true) : null))))]);
        var defaults = DataNode.Map([.. prompt.Variables.Where(variable => !string.IsNullOrEmpty(variable.Default))
            .Select(variable => new KeyValuePair<string, DataNode>(variable.Name, DataNode.Scalar(variable.Default)))]);
        var input = DataNode.Map(
            ("schema", properties.OrNothing() is null ? null : DataNode.Map(
                ("type", DataNode.Of("object")),
                ("properties", properties),
                ("required", Texts([.. prompt.Variables.Where(variable => variable.Required).Select(variable => variable.Name)])))),
            ("default", defaults.OrNothing()));
        return Front(
            DataNode.Map(("name", DataNode.Of(prompt.Title)), ("description", DataNode.Of(prompt.Goal)), ("input", input.OrNothing())),
            DialectWriter.Write(prompt.Template, PlaceholderDialect.Handlebars));
    }

    internal static DataNode? Texts(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? null : DataNode.List([.. texts.Select(text => DataNode.Scalar(text))]);

    private static string Front(DataNode values, string body) => $"---\n{YamlText.Write(values)}---\n{body}\n";

    private static DataNode Full(PromptVariable variable) => DataNode.Map(
        ("name", DataNode.Of(variable.Name)),
        ("label", DataNode.Of(variable.Label)),
        ("help", DataNode.Of(variable.Help)),
        ("type", variable.Type == VariableType.Text ? null : DataNode.Of(variable.Type switch
        {
            VariableType.LongText => "longText",
            VariableType.YesNo => "yesNo",
            var type => type.ToString().ToLowerInvariant(),
        })),
        ("default", DataNode.Of(variable.Default)),
        ("example", DataNode.Of(variable.Example)),
        ("choices", Texts(variable.Choices)),
        ("required", variable.Required ? null : DataNode.Scalar("false", isPlain: true)),
        ("maxLength", variable.MaxLength is { } length ? DataNode.Scalar(length.ToString(System.Globalization.CultureInfo.InvariantCulture), isPlain: true) : null));

    private static string Kind(VariableType type) => type switch
    {
        VariableType.Number => "number",
        VariableType.YesNo => "boolean",
        VariableType.Json => "object",
        _ => "string",
    };
}
