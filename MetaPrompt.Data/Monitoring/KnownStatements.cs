using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MetaPrompt.Data.Monitoring;

/// <summary>
/// The statements of this program by the names in their first lines. Whoever asks for a plan sends a name; the text comes
/// from here and from nowhere else.
/// </summary>
public static partial class KnownStatements
{
    private static readonly Lazy<FrozenDictionary<string, string>> Texts = new(Read);

    /// <summary>All names, in order.</summary>
    public static IEnumerable<string> Names => Texts.Value.Keys.Order(StringComparer.Ordinal);

    /// <summary>The statement of that name; null where there is none, or where it is put together while the program runs.</summary>
    public static string? Find(string name) => Texts.Value.GetValueOrDefault(name);

    private static FrozenDictionary<string, string> Read()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var constants = typeof(KnownStatements).Assembly.GetTypes()
            // The server and the migrations are not what pages wait for.
            .Where(type => type.Namespace != "MetaPrompt.Data.Database")
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsLiteral: true } && field.FieldType == typeof(string));
        foreach (var constant in constants)
        {
            if (constant.GetRawConstantValue() is string text && FirstLine().Match(text) is { Success: true } line)
                texts.TryAdd(line.Groups[1].Value, text);
        }

        return texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"\A\s*--\s*([A-Za-z]\w*(?:\.\w+)+)\s*\n")]
    private static partial Regex FirstLine();
}
