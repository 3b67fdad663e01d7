namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>A value of YAML or JSON, read only as text, lists and maps: nothing in a file becomes an object of a type it names.</summary>
internal sealed class DataNode
{
    private readonly Dictionary<string, DataNode>? _byKey;

    private DataNode(string? text, bool isPlain, IReadOnlyList<DataNode>? items, IReadOnlyList<KeyValuePair<string, DataNode>>? entries, long line)
    {
        (Text, IsPlain, Items, Entries, Line) = (text, isPlain, items ?? [], entries ?? [], line);
        (IsList, IsMap) = (items is not null, entries is not null);
        if (entries is not null)
            _byKey = new Dictionary<string, DataNode>(entries, StringComparer.Ordinal);
        Size = 1 + Items.Sum(item => item.Size) + Entries.Sum(entry => 1 + entry.Value.Size);
    }

    /// <summary>A scalar's text; null for null, a list or a map.</summary>
    public string? Text { get; }

    /// <summary>Whether a scalar stood without quotes, so that <c>true</c> and <c>5</c> mean what they look like.</summary>
    public bool IsPlain { get; }

    public IReadOnlyList<DataNode> Items { get; }

    public IReadOnlyList<KeyValuePair<string, DataNode>> Entries { get; }

    public bool IsList { get; }

    public bool IsMap { get; }

    public long Line { get; }

    /// <summary>How many values it holds, those behind aliases counted each time.</summary>
    public long Size { get; }

    public bool IsTrue => IsPlain && Text is "true" or "True" or "TRUE";

    public bool IsFalse => IsPlain && Text is "false" or "False" or "FALSE";

    /// <summary>A map's value; null where there is none, or this is no map.</summary>
    public DataNode? this[string key] => _byKey?.GetValueOrDefault(key);

    /// <summary>The text of a map's value; null where it is no scalar, or blank.</summary>
    public string? String(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (this[key]?.Text is { } text && !string.IsNullOrWhiteSpace(text))
                return text;
        }

        return null;
    }

    public static DataNode Scalar(string? text, bool isPlain = false, long line = 0) => new(text, isPlain, null, null, line);

    public static DataNode List(IReadOnlyList<DataNode> items, long line = 0) => new(null, false, items, null, line);

    public static DataNode Map(IReadOnlyList<KeyValuePair<string, DataNode>> entries, long line = 0) => new(null, false, null, entries, line);

    /// <summary>A map to write; entries without a value are left out.</summary>
    public static DataNode Map(params ReadOnlySpan<(string Key, DataNode? Value)> entries)
    {
        var list = new List<KeyValuePair<string, DataNode>>();
        foreach (var (key, value) in entries)
        {
            if (value is not null)
                list.Add(new(key, value));
        }

        return Map(list);
    }

    /// <summary>A text to write; null where there is nothing to say.</summary>
    public static DataNode? Of(string? text) => string.IsNullOrEmpty(text) ? null : Scalar(text);

    /// <summary>A map or list to write; null where it would be empty.</summary>
    public DataNode? OrNothing() => Items.Count + Entries.Count == 0 ? null : this;
}
