namespace MetaPrompt.Web.Shared.Answers;

/// <summary>
/// Cuts an answer that is still being written at its blank lines, so that what is finished is rendered once and stays as it
/// is on the page: only the last piece is rendered anew as words arrive.
/// </summary>
public static class AnswerChunks
{
    private const int Least = 400;

    /// <summary>The pieces in order; together they are the text. A piece once cut off never changes as the text grows.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var chunks = new List<string>();
        var start = 0;
        var lineStart = 0;
        var inFence = false;
        while (lineStart < text.Length)
        {
            var end = text.IndexOf('\n', lineStart);
            var line = text.AsSpan(lineStart, (end < 0 ? text.Length : end) - lineStart).Trim();

            // Without its end the last line can still become anything.
            if (end < 0)
                break;
            if (line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal))
                inFence = !inFence;
            lineStart = end + 1;
            if (line.IsEmpty && !inFence && lineStart - start >= Least)
            {
                chunks.Add(text[start..lineStart]);
                start = lineStart;
            }
        }

        if (start < text.Length)
            chunks.Add(text[start..]);
        return chunks;
    }
}
