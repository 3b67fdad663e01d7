using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>Several prompts in the formats that hold several in a file.</summary>
internal static partial class CollectionWriters
{
    /// <summary>
    /// A <c>promptfooconfig.yaml</c>. One prompt's defaults are the default test's; of several, each has tests of its own, for the
    /// same name may mean something else in another prompt.
    /// </summary>
    public static string Promptfoo(IReadOnlyList<PortablePrompt> prompts)
    {
        var labels = Labels(prompts);
        var alone = prompts.Count == 1;
        var tests = new List<DataNode>();
        for (var place = 0; place < prompts.Count; place++)
        {
            var only = alone ? null : PromptWriters.Texts([labels[place]]);
            if (!alone && Values(prompts[place], variable => variable.Default) is { } defaults)
                tests.Add(DataNode.Map(("description", DataNode.Of("Defaults")), ("prompts", only), ("vars", defaults)));
            if (Values(prompts[place], variable => variable.Example) is { } examples)
                tests.Add(DataNode.Map(("description", DataNode.Of("Example")), ("prompts", only), ("vars", examples)));
        }

        return YamlText.Write(DataNode.Map(
            ("description", DataNode.Of(alone ? prompts[0].Goal : $"{prompts.Count} prompts")),
            ("prompts", DataNode.List([.. prompts.Select((prompt, place) => DataNode.Map(("label", DataNode.Of(labels[place])), ("raw", DataNode.Of(Raw(prompt.Template)))))])),
            ("providers", PromptWriters.Texts(["echo"])),
            ("defaultTest", alone && Values(prompts[0], variable => variable.Default) is { } values ? DataNode.Map(("vars", values)) : null),
            ("tests", DataNode.List(tests).OrNothing())));
    }

    /// <summary>Langfuse's JSON: one prompt as it is, several as a list.</summary>
    public static string Langfuse(IReadOnlyList<PortablePrompt> prompts)
    {
        var nodes = prompts.Select(prompt => DataNode.Map(
            ("name", DataNode.Of(prompt.Title)),
            ("type", DataNode.Of("text")),
            ("prompt", DataNode.Of(DialectWriter.Write(prompt.Template, PlaceholderDialect.Plain))),
            ("config", DataNode.Map()),
            ("labels", DataNode.List([])),
            ("tags", DataNode.List([.. prompt.Tags.Select(tag => DataNode.Scalar(tag))])))).ToList();
        return JsonTree.Write(nodes is [var one] ? one : DataNode.List(nodes)) + "\n";
    }

    /// <summary>
    /// The CSV of prompts.chat. Texts are written as they are, also where a spreadsheet would take one for a formula: an
    /// apostrophe in front would be part of the prompt for every program that reads the file. The report says so.
    /// </summary>
    public static string PromptsChat(IReadOnlyList<PortablePrompt> prompts)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var writer = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n", HasHeader = false, Quoting = CsvQuoting.Always }, leaveOpen: true))
        {
            writer.WriteRecord(["act", "prompt", "for_devs", "type"]);
            foreach (var prompt in prompts)
            {
                var type = prompt.Tags.FirstOrDefault(tag => tag is "structured" or "image" or "video" or "audio" or "skill")?.ToUpperInvariant() ?? "TEXT";
                writer.WriteRecord([prompt.Title, DollarText(prompt), prompt.Tags.Contains("developers", StringComparer.Ordinal) ? "TRUE" : "FALSE", type]);
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a spreadsheet would calculate with a cell instead of showing it.</summary>
    public static bool LooksLikeFormula(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r';

    private static string DollarText(PortablePrompt prompt)
    {
        var variables = prompt.Variables.ToDictionary(variable => variable.Name, StringComparer.Ordinal);
        var result = new StringBuilder(prompt.Template.Length);
        foreach (var part in PromptTemplate.Parse(prompt.Template).Parts)
        {
            if (part is TextPart text)
                result.Append(text.Text);
            else if (part is VariablePart variable)
                result.Append("${").Append(Dollar(variable.Name, variables.GetValueOrDefault(variable.Name))).Append('}');
        }

        return result.ToString();
    }

    private static string Dollar(string name, PromptVariable? variable)
    {
        var label = variable?.Label is { } written && VariableNames.Normalise(written) == name && DollarName().IsMatch(written) ? written : name;
        var value = variable?.Default;
        if (variable is { Choices.Count: > 1 })
        {
            // What is chosen by default comes first, as the site shows it.
            var choices = variable.Choices.Where(choice => choice != value);
            value = string.Join(", ", variable.Choices.Contains(value ?? "") ? choices.Prepend(value!) : variable.Choices);
        }

        return string.IsNullOrEmpty(value) || value.AsSpan().IndexOfAny('{', '}') >= 0 || value.Length > 4_000 ? label : $"{label}:{value}";
    }

    // A text of one line that has a slash or a point in it could be taken for a file's path, one with "exec:" for a program:
    // with a line end it is neither, and the model sees no difference.
    internal static string Raw(string template)
    {
        var text = DialectWriter.Write(template, PlaceholderDialect.Jinja);
        return text.StartsWith("exec:", StringComparison.Ordinal) ? "\n" + text : text + "\n";
    }

    private static DataNode? Values(PortablePrompt prompt, Func<PromptVariable, string?> value) => DataNode.Map([.. prompt.Variables
        .Where(variable => !string.IsNullOrEmpty(value(variable)))
        .Select(variable => new KeyValuePair<string, DataNode>(variable.Name, DataNode.Scalar(DialectWriter.Literal(value(variable)!, PlaceholderDialect.Jinja))))]).OrNothing();

    private static List<string> Labels(IReadOnlyList<PortablePrompt> prompts)
    {
        var labels = new List<string>(prompts.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var prompt in prompts)
        {
            var label = prompt.Title;
            for (var number = 2; !taken.Add(label); number++)
                label = $"{Lines.Shorten(prompt.Title, 245)} ({number})";
            labels.Add(label);
        }

        return labels;
    }

    [GeneratedRegex(@"^[^\s{}:.()\[\]$](?:[^{}:.()\[\]\n$]{0,78}[^\s{}:.()\[\]$])?$", RegexOptions.CultureInvariant)]
    private static partial Regex DollarName();
}
