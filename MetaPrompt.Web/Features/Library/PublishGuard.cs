using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Looks at what would become public for what should not: keys, passwords, addresses of people.</summary>
public static class PublishGuard
{
    private const string Rule = "secret-or-pii";

    // The rules read so much at a time; what lies across an edge is read with the next part too.
    private const int Part = 50_000;
    private const int Overlap = 500;

    /// <summary>What looks secret or personal in title, goal, template and the variables' details. None of it is certain.</summary>
    public static IReadOnlyList<Finding> Find(string title, string goal, string template, IReadOnlyList<PromptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(template);
        var details = string.Join("\n", variables.SelectMany(variable => new[] { variable.Label, variable.Help, variable.Default, variable.Example }.Concat(variable.Choices)).OfType<string>());
        return
        [
            .. In(template, null, variables),
            .. In(title, "In the title", []),
            .. In(goal, "In the goal", []),
            .. In(details, "In the variables’ details", []),
        ];
    }

    /// <inheritdoc cref="Find(string, string, string, IReadOnlyList{PromptVariable})"/>
    public static IReadOnlyList<Finding> Find(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Find(prompt.Title, prompt.Goal, prompt.Template, PromptVariables.FromJson(prompt.Variables));
    }

    /// <summary>Stands for one very text: whoever agreed to it agreed to no other.</summary>
    public static string TextOf(string title, string goal, string template, string variables) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', title, goal, template, variables))));

    /// <inheritdoc cref="TextOf(string, string, string, string)"/>
    public static string TextOf(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return TextOf(prompt.Title, prompt.Goal, prompt.Template, prompt.Variables);
    }

    private static IEnumerable<Finding> In(string text, string? place, IReadOnlyList<PromptVariable> variables) =>
        Parts(text).SelectMany(part => PromptChecks.Find(text.Substring(part, Math.Min(Part, text.Length - part)), variables)
                .Where(finding => finding.Rule == Rule)
                .Select(finding => text.Length <= Part ? finding : finding with { Start = part + finding.Start, Mend = null }))
            .DistinctBy(finding => finding.Start)
            .Select(finding => Quoted(finding, text))
            .Select(finding => place is null ? finding : finding with { Message = $"{place}: {finding.Message}", Length = 0, Mend = null });

    // Its owner has to see which words are meant.
    private static Finding Quoted(Finding finding, string text) =>
        finding with { Message = $"{finding.Message.TrimEnd('.')}: “{CleanText.Cut(text.Substring(finding.Start, finding.Length), 60)}”." };

    private static IEnumerable<int> Parts(string text)
    {
        for (var start = 0; start == 0 || start + Overlap < text.Length; start += Part - Overlap)
            yield return start;
    }
}
