using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Starter;

/// <summary>One template of the starter gallery, as its file says.</summary>
public sealed record StarterTemplate
{
    /// <summary>The file's name without its ending; never changes, since the ids come from it.</summary>
    public required string Slug { get; init; }

    /// <summary>What the card says; at most 70 characters.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence, as somebody would type it into the wizard.</summary>
    public required string Goal { get; init; }

    /// <summary>The gallery's category.</summary>
    public required string Category { get; init; }

    /// <summary>What the prompt asks a model to do.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Two to four, lower case.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The template's variables, in the order in which the file declares them.</summary>
    public required IReadOnlyList<PromptVariable> Variables { get; init; }

    /// <summary>The text with its placeholders, without a line break at the end.</summary>
    public required string Template { get; init; }

    /// <summary>The prompt's id: the same on every node and after every restart.</summary>
    public Guid PromptId => StarterIds.Of("prompt/" + Slug);

    /// <summary>The published template's id; its page is <c>/templates/{id}</c> wherever MetaPrompt runs.</summary>
    public Guid TemplateId => StarterIds.Of("template/" + Slug);

    internal StarterRow ToRow()
    {
        var variables = PromptVariables.ToJson(Variables);
        // The unit separator keeps "a" + "bc" apart from "ab" + "c".
        var contents = string.Join('\u001f', [Title, Goal, Category, .. Tags, variables, Template]);
        using var json = JsonDocument.Parse(variables);
        return new StarterRow
        {
            Slug = Slug,
            PromptId = PromptId,
            TemplateId = TemplateId,
            Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(contents))),
            Title = Title,
            Goal = Goal,
            Template = Template,
            Variables = json.RootElement.Clone(),
            Category = Category,
            TagList = Tags,
        };
    }
}
