namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>The formats that prompts travel in.</summary>
public enum PromptFormat
{
    /// <summary>Plain Markdown; MetaPrompt's own front matter is optional. Carries everything.</summary>
    Markdown,

    /// <summary><c>promptfooconfig.yaml</c>.</summary>
    Promptfoo,

    /// <summary><c>.prompt.yml</c> of GitHub Models.</summary>
    GitHubModels,

    /// <summary><c>.prompty</c>.</summary>
    Prompty,

    /// <summary><c>.prompt</c> of dotprompt and Genkit.</summary>
    Dotprompt,

    /// <summary>JSON of Langfuse: one prompt or a list.</summary>
    Langfuse,

    /// <summary>The CSV of prompts.chat.</summary>
    PromptsChat,
}

/// <summary>What there is to say about a format.</summary>
/// <param name="Format">Which.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Extension">What its files end with.</param>
/// <param name="ContentType">Sent with a download.</param>
/// <param name="HoldsMany">Whether one file holds several prompts.</param>
/// <param name="Use">Who reads it, in one line.</param>
public sealed record PromptFormatFacts(PromptFormat Format, string Name, string Extension, string ContentType, bool HoldsMany, string Use)
{
    /// <summary>All formats, in the order they are offered.</summary>
    public static IReadOnlyList<PromptFormatFacts> All { get; } =
    [
        new(PromptFormat.Markdown, "Markdown", ".md", "text/markdown; charset=utf-8", false, "Readable anywhere, and back into MetaPrompt without loss."),
        new(PromptFormat.Promptfoo, "promptfoo", ".yaml", "application/yaml; charset=utf-8", true, "A promptfooconfig.yaml, to test prompts from the command line."),
        new(PromptFormat.GitHubModels, "GitHub Models", ".prompt.yml", "application/yaml; charset=utf-8", false, "A .prompt.yml for a repository on GitHub."),
        new(PromptFormat.Prompty, "Prompty", ".prompty", "text/plain; charset=utf-8", false, "A .prompty file for VS Code and Azure AI."),
        new(PromptFormat.Dotprompt, "Dotprompt", ".prompt", "text/plain; charset=utf-8", false, "A .prompt file for Genkit and Firebase."),
        new(PromptFormat.Langfuse, "Langfuse", ".json", "application/json; charset=utf-8", true, "JSON as Langfuse's API takes and gives it."),
        new(PromptFormat.PromptsChat, "prompts.chat", ".csv", "text/csv; charset=utf-8", true, "The CSV of prompts.chat, one row for each prompt."),
    ];

    /// <summary>The facts of one.</summary>
    public static PromptFormatFacts Of(PromptFormat format) => All.First(one => one.Format == format);
}
