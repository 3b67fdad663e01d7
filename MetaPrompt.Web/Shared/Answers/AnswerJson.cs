using System.Text.Json;

namespace MetaPrompt.Web.Shared.Answers;

/// <summary>Whether an answer is JSON, so that it can be shown as a tree.</summary>
public static class AnswerJson
{
    /// <summary>Longer answers are not read as JSON: nobody opens so many branches.</summary>
    public const int MaxLength = 4_000_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Whether nothing but JSON is in the text: rendered as Markdown it would be one long paragraph.</summary>
    public static bool IsWhole(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().TrimStart() is ['{' or '[', ..];
    }

    /// <summary>The object or list that the text is, or that its only code block is; null where there is none.</summary>
    public static JsonElement? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            return null;
        var json = IsWhole(text) ? text.Trim() : OnlyBlock(text);
        if (json is null || json.TrimStart() is not ['{' or '[', ..])
            return null;
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // It only looked like it: the answer was cut off, or the model is careless.
            return null;
        }
    }

    private static string? OnlyBlock(string text)
    {
        const string fence = "```";
        var open = text.IndexOf(fence, StringComparison.Ordinal);
        var begin = open < 0 ? -1 : text.IndexOf('\n', open);
        var close = begin < 0 ? -1 : text.IndexOf(fence, begin, StringComparison.Ordinal);
        return close < 0 || text.IndexOf(fence, close + fence.Length, StringComparison.Ordinal) >= 0 ? null : text[begin..close];
    }
}
