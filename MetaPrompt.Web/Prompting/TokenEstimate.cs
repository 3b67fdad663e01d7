using Microsoft.ML.Tokenizers;

namespace MetaPrompt.Web.Prompting;

/// <summary>How many tokens a text costs, by OpenAI's o200k vocabulary; other models' counts differ by some percent.</summary>
public static class TokenEstimate
{
    // Beyond this the count is extrapolated: a page must never wait for a tokenizer on a pasted book.
    private const int MeasuredCharacters = 200_000;

    // Long runs without a space cost the tokenizer quadratic time: they are measured in pieces.
    private const int PieceLength = 2_000;

    // The vocabulary takes a moment and some memory: loaded at first use, once.
    private static readonly Lazy<Tokenizer> Vocabulary = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The estimated number of tokens; exact for the vocabulary up to 200,000 characters of ordinary text.</summary>
    public static int Count(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            return 0;
        var measured = Math.Min(text.Length, MeasuredCharacters);
        long count = 0;
        for (var at = 0; at < measured;)
        {
            var end = PieceEnd(text, at, measured);
            count += Vocabulary.Value.CountTokens(text.AsSpan(at, end - at));
            at = end;
        }
        if (measured < text.Length)
            count = (long)Math.Ceiling((double)count * text.Length / measured);
        return (int)Math.Min(count, int.MaxValue);
    }

    // A piece ends before a space (tokens begin with one), else where it must.
    private static int PieceEnd(string text, int start, int limit)
    {
        var end = Math.Min(start + PieceLength, limit);
        if (end >= limit)
            return limit;
        for (var at = end; at > start + PieceLength / 2; at--)
        {
            if (text[at] == ' ' && !char.IsWhiteSpace(text[at - 1]))
                return at;
        }
        return char.IsLowSurrogate(text[end]) ? end - 1 : end;
    }
}
