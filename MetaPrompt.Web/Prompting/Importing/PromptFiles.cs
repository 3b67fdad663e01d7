using System.Text;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// Reads prompts out of files of other tools: the one way in. A file that cannot be read is refused with a sentence that says why;
/// a prompt of a file that cannot be used is told and does not hold up the others. Time and memory are bounded by
/// <see cref="ImportLimits"/>; no reference in a file is ever followed.
/// </summary>
public static partial class PromptFiles
{
    /// <summary>Reads a file.</summary>
    /// <param name="name">Its name; may be empty. What it ends with says the format, as far as it can.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="format">What to read it as; null to find out.</param>
    /// <exception cref="FormatException">It cannot be read; the message is for the person who chose it.</exception>
    public static ReadFile Read(string name, ReadOnlyMemory<byte> content, PromptFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (content.Length == 0)
            throw new FormatException("It is empty.");
        if (content.Length > ImportLimits.FileBytes)
            throw new FormatException($"It is larger than {ImportLimits.FileBytes / 1024 / 1024} MB.");
        // In a table each row is judged by itself, so that one broken byte does not cost the others.
        if ((format ?? (Ends(name, ".csv") ? PromptFormat.PromptsChat : null)) == PromptFormat.PromptsChat && !content.Span.StartsWith("PK\u0003\u0004"u8))
            return PromptsChatReader.Read(new MemoryStream(content.ToArray(), writable: false));
        return ReadText(name, FileText.Decode(content.Span), format);
    }

    /// <summary>Reads a text, such as one that was pasted.</summary>
    /// <inheritdoc cref="Read"/>
    public static ReadFile ReadText(string name, string text, PromptFormat? format = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (string.IsNullOrWhiteSpace(text))
            throw new FormatException("It is empty.");
        if (text.Length > ImportLimits.FileBytes)
            throw new FormatException($"It is longer than {ImportLimits.FileBytes / 1024 / 1024} million characters.");
        text = FileText.LineEnds(text).TrimStart('\uFEFF');
        var title = Title(name);
        return (format ?? Guess(name, text)) switch
        {
            PromptFormat.Promptfoo => PromptfooReader.Read(text),
            PromptFormat.GitHubModels => GitHubModelsReader.Read(text, title),
            PromptFormat.Prompty => PromptyReader.Read(text, title),
            PromptFormat.Dotprompt => DotpromptReader.Read(text, title),
            PromptFormat.Langfuse => LangfuseReader.Read(text, title),
            PromptFormat.PromptsChat => PromptsChatReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))),
            _ => MarkdownReader.Read(text, title),
        };
    }

    /// <summary>The format a text is most likely in. Markdown where nothing speaks for another: any text is a prompt.</summary>
    public static PromptFormat Guess(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (Ends(name, ".prompty"))
            return PromptFormat.Prompty;
        if (Ends(name, ".prompt"))
            return PromptFormat.Dotprompt;
        if (Ends(name, ".prompt.yml", ".prompt.yaml"))
            return PromptFormat.GitHubModels;
        if (Ends(name, ".md", ".markdown", ".txt"))
            return PromptFormat.Markdown;
        if (Ends(name, ".json"))
            return PromptFormat.Langfuse;
        var start = text.AsSpan(0, Math.Min(text.Length, 20_000)).TrimStart().ToString();
        if (Ends(name, ".yml", ".yaml"))
            return MessagesKey().IsMatch(start) && !PromptsKey().IsMatch(start) ? PromptFormat.GitHubModels : PromptFormat.Promptfoo;
        if (CsvHead().IsMatch(start))
            return PromptFormat.PromptsChat;
        if (JsonHead().IsMatch(start))
            return PromptFormat.Langfuse;
        if (start.StartsWith("---\n", StringComparison.Ordinal))
            return OfFrontMatter(start);
        return PromptsKey().IsMatch(start) ? PromptFormat.Promptfoo : MessagesKey().IsMatch(start) ? PromptFormat.GitHubModels : PromptFormat.Markdown;
    }

    /// <summary>A file with one prompt, or with the problem that keeps it out.</summary>
    internal static ReadFile One(PromptFormat format, RawPrompt raw, string fileTitle) => raw.Finish(fileTitle, out var problem) is { } prompt
        ? new ReadFile { Format = format, Count = 1, Prompts = [prompt], Problems = [] }
        : new ReadFile { Format = format, Count = 1, Prompts = [], Problems = [problem!] };

    private static PromptFormat OfFrontMatter(string start)
    {
        if (DotpromptMark().IsMatch(start))
            return PromptFormat.Dotprompt;
        return PromptyMark().IsMatch(start) ? PromptFormat.Prompty : PromptFormat.Markdown;
    }

    // "release-notes.prompt.yml" is called release notes.
    private static string Title(string name)
    {
        var stem = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var dot = stem.IndexOf('.', 1 < stem.Length ? 1 : 0);
        stem = dot > 0 ? stem[..dot] : stem;
        return Lines.Shorten(Lines.Collapse(stem.Replace('_', ' ').Replace('-', ' ')), 100);
    }

    private static bool Ends(string name, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^prompts:", Options)]
    private static partial Regex PromptsKey();

    [GeneratedRegex(@"^messages:", Options)]
    private static partial Regex MessagesKey();

    [GeneratedRegex(@"\A(?=[^\n]*\bact\b)(?=[^\n]*\bprompt\b)[\w"", ]+,[\w"", ]+\r?\n", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CsvHead();

    [GeneratedRegex(@"\A(?:\{\s*""|\[\s*\{)", RegexOptions.CultureInvariant)]
    private static partial Regex JsonHead();

    [GeneratedRegex(@"\{\{\s*role\s+[""']|^(?:input|output|config):\s*$|^model:\s*\w+/", Options)]
    private static partial Regex DotpromptMark();

    [GeneratedRegex(@"^(?:inputs|sample|model|template):|^(?:system|user|assistant):[ \t]*$", Options)]
    private static partial Regex PromptyMark();
}
