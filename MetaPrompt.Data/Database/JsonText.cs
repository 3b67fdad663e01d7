using System.Globalization;
using System.Text;

namespace MetaPrompt.Data.Database;

/// <summary>JSON on its way into a <c>jsonb</c> column.</summary>
internal static class JsonText
{
    private const int EscapeLength = 6;

    /// <summary>
    /// The same JSON without what <c>jsonb</c> refuses though JSON allows it: an escaped NUL is left out, half an escaped
    /// surrogate pair becomes the replacement character. A backslash that is itself escaped begins no escape.
    /// </summary>
    public static string Storable(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
            return json;

        var storable = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 == json.Length)
            {
                storable.Append(json[i]);
            }
            else if (Escape(json, i) is not { } escaped)
            {
                storable.Append(json, i, 2);
                i++;
            }
            else if (char.IsHighSurrogate(escaped) && Escape(json, i + EscapeLength) is { } low && char.IsLowSurrogate(low))
            {
                storable.Append(json, i, 2 * EscapeLength);
                i += 2 * EscapeLength - 1;
            }
            else
            {
                if (char.IsSurrogate(escaped))
                    storable.Append("\\ufffd");
                else if (escaped != '\0')
                    storable.Append(json, i, EscapeLength);
                i += EscapeLength - 1;
            }
        }

        return storable.ToString();
    }

    private static char? Escape(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : null;
}
