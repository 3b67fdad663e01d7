using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>JSON that strangers and models wrote, read so that nothing in it can harm: not its depth, not half a character.</summary>
internal static class JsonReading
{
    private const int MaxDepth = 100;

    /// <summary>The JSON, which stays readable for as long as it is used; or null, and what is wrong as part of a sentence.</summary>
    public static JsonElement? Parse(string text, out string problem)
    {
        problem = "";
        try
        {
            using var document = JsonDocument.Parse(VariableNames.Whole(text), new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (IsText(document.RootElement))
                return document.RootElement.Clone();
            problem = "a text in it has half a character";
        }
        catch (JsonException broken)
        {
            // Not being JSON is an answer, and where it breaks off helps to mend it.
            var said = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var end ? broken.Message[..end] : broken.Message;
            problem = string.Create(CultureInfo.InvariantCulture, $"line {(broken.LineNumber ?? 0) + 1}, character {(broken.BytePositionInLine ?? 0) + 1}: {said.TrimEnd('.')}");
        }
        return null;
    }

    /// <summary>
    /// The JSON of an answer: all of it, or what is in the one fence it consists of. Null where it is none, and why.
    /// </summary>
    public static JsonElement? InAnswer(string answer, out bool fenced, out string problem)
    {
        fenced = false;
        if (Parse(answer, out problem) is { } whole)
            return whole;
        if (string.IsNullOrWhiteSpace(answer))
        {
            problem = "it is empty";
            return null;
        }
        // The last closing fence: texts in the JSON may have fences of their own.
        var lines = answer.ReplaceLineEndings("\n").Split('\n');
        var first = Array.FindIndex(lines, Opens);
        var last = Array.FindLastIndex(lines, line => line.AsSpan().Trim() is "```");
        if (first < 0 || last <= first)
            return null;
        if (lines.Take(first).Concat(lines.Skip(last + 1)).Any(line => !string.IsNullOrWhiteSpace(line)))
        {
            problem = "there is text around the fenced JSON";
            return null;
        }
        fenced = true;
        return Parse(string.Join('\n', lines[(first + 1)..last]), out problem);
    }

    /// <summary>A value in a sentence: <c>the text “12”</c>, <c>an object</c>.</summary>
    public static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the text {Quoted.Text(element.GetString()!)}",
        JsonValueKind.Null => "null",
        _ => Quoted.Cut(element.GetRawText()),
    };

    // Both names and texts may be "\ud800", which is legal JSON and nothing that can be compared or kept.
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && IsText(property.Value)),
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.String => element.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // How System.Text.Json says it.
            return false;
        }
    }

    private static bool Opens(string line)
    {
        var sign = line.AsSpan().Trim();
        return sign.StartsWith("```") && (sign[3..].Trim() is "" or "json" or "JSON" or "Json");
    }
}
