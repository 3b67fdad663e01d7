using System.Globalization;
using System.Text;
using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>Writes prompts in the format of another tool, and says what that format cannot carry.</summary>
public static class PromptExport
{
    /// <summary>
    /// The files, and for each prompt what is lost. Nothing of that is written down by format: what was written is read again
    /// and compared, so the report is true of these very prompts.
    /// </summary>
    public static ExportedPrompts Write(IReadOnlyList<PortablePrompt> prompts, PromptFormat format)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var facts = PromptFormatFacts.Of(format);
        if (prompts.Count == 0)
            return new ExportedPrompts { Format = format, Files = [], Losses = [], Notes = [] };
        var files = new List<ExportedFile>();
        var losses = new List<ExportLoss>();
        if (facts.HoldsMany)
        {
            var text = Text(prompts, format);
            files.Add(new ExportedFile(Name(prompts, format), text));
            var read = PromptFiles.ReadText(files[0].Name, text.Length > ImportLimits.FileBytes ? "" : text, format);
            AddLosses(losses, prompts, read);
        }
        else
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var prompt in prompts)
            {
                var file = new ExportedFile(Unique(FileName.Of(prompt.Title), facts.Extension, names), Text([prompt], format));
                files.Add(file);
                AddLosses(losses, [prompt], PromptFiles.ReadText(file.Name, file.Text, format));
            }
        }

        return new ExportedPrompts { Format = format, Files = files, Losses = losses, Notes = Notes(prompts, format) };
    }

    /// <summary>The prompts in one file's text.</summary>
    internal static string Text(IReadOnlyList<PortablePrompt> prompts, PromptFormat format) => format switch
    {
        PromptFormat.Promptfoo => CollectionWriters.Promptfoo(prompts),
        PromptFormat.Langfuse => CollectionWriters.Langfuse(prompts),
        PromptFormat.PromptsChat => CollectionWriters.PromptsChat(prompts),
        PromptFormat.GitHubModels => PromptWriters.GitHubModels(prompts[0]),
        PromptFormat.Prompty => PromptWriters.Prompty(prompts[0]),
        PromptFormat.Dotprompt => PromptWriters.Dotprompt(prompts[0]),
        _ => PromptWriters.Markdown(prompts[0]),
    };

    private static void AddLosses(List<ExportLoss> losses, IReadOnlyList<PortablePrompt> prompts, ReadFile read)
    {
        var offset = read.Format == PromptFormat.PromptsChat ? 2 : 1;
        var found = read.Prompts.ToDictionary(prompt => prompt.Row - offset, prompt => prompt.Prompt);
        var problems = read.Problems.ToLookup(problem => problem.Row - offset, problem => problem.Text);
        for (var place = 0; place < prompts.Count; place++)
        {
            IReadOnlyList<string> lost = found.TryGetValue(place, out var after)
                ? PromptDifferences.Find(prompts[place], after)
                : [$"It could not be read back: it {problems[place].FirstOrDefault() ?? "is missing"}."];
            if (lost.Count > 0)
                losses.Add(new ExportLoss(prompts[place].Title, lost));
        }
    }

    private static List<string> Notes(IReadOnlyList<PortablePrompt> prompts, PromptFormat format)
    {
        var notes = new List<string>();
        switch (format)
        {
            case PromptFormat.Promptfoo:
                notes.Add("The provider is “echo”, which repeats the prompt: put your model's name there.");
                if (prompts.SelectMany(prompt => prompt.Variables).Any(variable => Reads(variable.Default) || Reads(variable.Example)))
                    notes.Add("A value begins with file://, and promptfoo would read that file.");
                break;
            case PromptFormat.GitHubModels or PromptFormat.Prompty or PromptFormat.Dotprompt:
                notes.Add("No model is named: add yours before you run it.");
                break;
            case PromptFormat.PromptsChat:
                var formulas = prompts.Count(prompt => CollectionWriters.LooksLikeFormula(prompt.Title) || CollectionWriters.LooksLikeFormula(prompt.Template));
                if (formulas > 0)
                    notes.Add(string.Create(CultureInfo.InvariantCulture, $"{formulas:N0} text{(formulas == 1 ? " begins" : "s begin")} with = + - or @. Programs read that as it is; a spreadsheet may take it for a formula, so import the columns as text there."));
                break;
        }

        return notes;
    }

    private static bool Reads(string? value) => value?.StartsWith("file://", StringComparison.OrdinalIgnoreCase) == true;

    private static string Name(IReadOnlyList<PortablePrompt> prompts, PromptFormat format) => format switch
    {
        PromptFormat.Promptfoo => "promptfooconfig.yaml",
        PromptFormat.Langfuse when prompts.Count == 1 => FileName.Of(prompts[0].Title) + ".json",
        PromptFormat.Langfuse => "langfuse-prompts.json",
        _ => "prompts.csv",
    };

    private static string Unique(string stem, string extension, HashSet<string> taken)
    {
        var name = stem + extension;
        for (var number = 2; !taken.Add(name); number++)
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}{extension}");
        return name;
    }
}

/// <summary>A file to download.</summary>
/// <param name="Name">Safe on every system: lower-case ASCII letters, digits and hyphens.</param>
/// <param name="Text">To be sent as UTF-8.</param>
public sealed record ExportedFile(string Name, string Text);

/// <summary>What a prompt loses in a format.</summary>
/// <param name="Title">The prompt's.</param>
/// <param name="Losses">A plain sentence each.</param>
public sealed record ExportLoss(string Title, IReadOnlyList<string> Losses);

/// <summary>Prompts in a format, with the report.</summary>
public sealed record ExportedPrompts
{
    /// <summary>Which.</summary>
    public required PromptFormat Format { get; init; }

    /// <summary>One, or one for each prompt.</summary>
    public required IReadOnlyList<ExportedFile> Files { get; init; }

    /// <summary>The prompts that lose something; the others are carried whole.</summary>
    public required IReadOnlyList<ExportLoss> Losses { get; init; }

    /// <summary>What else there is to know before it is used.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>File names out of titles.</summary>
internal static class FileName
{
    private const int MaxLength = 60;

    // Windows keeps these for devices, whatever they end with.
    private static readonly string[] Reserved = ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"com{number}", $"lpt{number}" })];

    /// <summary>At most 60 lower-case ASCII letters, digits and hyphens; "prompt" where the title has none.</summary>
    public static string Of(string title)
    {
        var name = new StringBuilder();
        foreach (var c in VariableNames.Whole(title).Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(char.ToLowerInvariant(c));
            else if (name.Length > 0 && name[^1] != '-' && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                name.Append('-');
            if (name.Length >= MaxLength)
                break;
        }

        var result = name.ToString().Trim('-');
        return result.Length == 0 ? "prompt" : Array.IndexOf(Reserved, result) >= 0 ? result + "-prompt" : result;
    }
}
