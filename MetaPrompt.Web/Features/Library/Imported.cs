using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Between the tables' prompts and those that travel.</summary>
internal static class Imported
{
    /// <summary>A prompt that was read, as the tables take it.</summary>
    public static ImportedPrompt Of(PortablePrompt prompt) => new()
    {
        Title = prompt.Title,
        Goal = prompt.Goal,
        Template = prompt.Template,
        Variables = PromptVariables.ToJson(prompt.Variables),
        Tags = prompt.Tags,
    };

    /// <summary>A prompt of the tables, ready to travel.</summary>
    public static PortablePrompt Portable(PromptToExport prompt) => new()
    {
        Title = prompt.Title,
        Goal = prompt.Goal,
        Template = prompt.Template,
        Variables = PromptVariables.Reconcile(prompt.Template, PromptVariables.FromJson(prompt.Variables)),
        Tags = prompt.Tags,
    };
}
