using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>
/// Holds JSON against a schema. It takes a bounded number of steps, whatever both are: a schema that needs more counts as
/// not kept and says so.
/// </summary>
internal sealed class SchemaCheck
{
    private const int MaxSteps = 500_000;
    private const int MaxDepth = 300;
    private const int MaxProblems = 3;

    private readonly List<string> _problems = [];
    private int _left = MaxSteps;
    private int _depth;
    private bool _patternTooLong;

    private SchemaCheck()
    {
    }

    private bool Ended => _left < 0 || _patternTooLong;

    /// <summary>What is wrong with the JSON, as whole sentences; empty where nothing is.</summary>
    public static IReadOnlyList<string> Problems(SchemaNode schema, JsonElement json)
    {
        var check = new SchemaCheck();
        var kept = check.Keeps(schema, json, Place.Top, say: true);
        if (check._patternTooLong)
            return ["A pattern of the schema took too long to be searched for, so the check was ended."];
        if (check._left < 0)
            return ["The schema asks for more work than is done for one check, so it was ended."];
        return kept ? [] : check._problems.Count > 0 ? check._problems : ["The JSON does not follow the schema."];
    }

    private bool Keeps(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        if (schema.Always is { } always)
            return always || Say(say, place, "nothing is allowed here");
        if (_depth >= MaxDepth)
            _left = -1;
        if (!Spend(1))
            return false;
        _depth++;
        var kept = true;
        // Every rule is asked even after one was broken: all that is wrong can be mended at once.
        kept &= schema.Ref is not { } target || Keeps(target, json, place, say);
        kept &= Values(schema, json, place, say);
        kept &= json.ValueKind switch
        {
            JsonValueKind.String => Text(schema, json.GetString()!, place, say),
            JsonValueKind.Number => Number(schema, json, place, say),
            JsonValueKind.Array => List(schema, json, place, say),
            JsonValueKind.Object => Object(schema, json, place, say),
            _ => true,
        };
        kept &= Combined(schema, json, place, say);
        _depth--;
        return kept && !Ended;
    }

    private bool Values(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        var kept = true;
        if (schema.Types is { } types && !types.Any(type => IsOf(json, type)))
            kept = Say(say, place, $"{string.Join(" or ", types.Select(TypeWords))} is expected, found {JsonReading.Describe(json)}");
        if (schema.Enum is { } choices && !choices.Any(choice => Same(choice, json)))
            kept = Say(say, place, $"one of {Quoted.Cut(string.Join(", ", choices.Take(20).Select(JsonReading.Describe)))} is expected, found {JsonReading.Describe(json)}");
        if (schema.Const is { } only && !Same(only, json))
            kept = Say(say, place, $"{JsonReading.Describe(only)} is expected, found {JsonReading.Describe(json)}");
        return kept;
    }

    private bool Text(SchemaNode schema, string text, Place place, bool say)
    {
        if (!Spend(text.Length / 64))
            return false;
        var kept = true;
        if (schema.MaxLength is not null || schema.MinLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (length > schema.MaxLength)
                kept = Say(say, place, $"at most {Of(schema.MaxLength.Value, "character")} are allowed, found {length}");
            if (length < schema.MinLength)
                kept = Say(say, place, $"at least {Of(schema.MinLength.Value, "character")} are expected, found {length}");
        }
        if (schema.Pattern is { } pattern && !Finds(pattern, text))
            kept = Say(say, place, $"{Quoted.Text(text)} does not fit the pattern {Quoted.Text(schema.PatternText!)}");
        if (schema.Format is { } format && !IsInFormat(format, text))
            kept = Say(say, place, $"{Quoted.Text(text)} is no {format}");
        return kept;
    }

    private bool Number(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        var kept = true;
        if (schema.Maximum is { } most && Compare(json, most) > 0)
            kept = Say(say, place, $"at most {most} is allowed, found {json}");
        if (schema.Minimum is { } least && Compare(json, least) < 0)
            kept = Say(say, place, $"at least {least} is expected, found {json}");
        if (schema.ExclusiveMaximum is { } below && Compare(json, below) >= 0)
            kept = Say(say, place, $"less than {below} is expected, found {json}");
        if (schema.ExclusiveMinimum is { } above && Compare(json, above) <= 0)
            kept = Say(say, place, $"more than {above} is expected, found {json}");
        if (schema.MultipleOf is { } step && !IsMultiple(json, step))
            kept = Say(say, place, $"a multiple of {step} is expected, found {json}");
        return kept;
    }

    private bool List(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        var count = json.GetArrayLength();
        if (!Spend(count))
            return false;
        var kept = true;
        if (count > schema.MaxItems)
            kept = Say(say, place, $"at most {Of(schema.MaxItems.Value, "entry", "entries")} are allowed, found {count}");
        if (count < schema.MinItems)
            kept = Say(say, place, $"at least {Of(schema.MinItems.Value, "entry", "entries")} are expected, found {count}");
        var index = 0;
        var fitting = 0;
        foreach (var item in json.EnumerateArray())
        {
            var expected = schema.PrefixItems is { } prefix && index < prefix.Count ? prefix[index] : schema.Items;
            if (expected is not null)
                kept &= Keeps(expected, item, place.At(index), say);
            if (schema.Contains is { } wanted && Keeps(wanted, item, place, say: false))
                fitting++;
            index++;
            if (Ended)
                return false;
        }
        if (schema.Contains is not null && fitting < (schema.MinContains ?? 1))
            kept = Say(say, place, $"at least {Of(schema.MinContains ?? 1, "fitting entry", "fitting entries")} are expected, found {fitting}");
        if (schema.Contains is not null && fitting > schema.MaxContains)
            kept = Say(say, place, $"at most {Of(schema.MaxContains.Value, "fitting entry", "fitting entries")} are allowed, found {fitting}");
        if (schema.UniqueItems && HasTwice(json))
            kept = Say(say, place, "an entry is there twice");
        return kept;
    }

    private bool Object(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        // As in every reader of JSON, of a name that is there twice the last counts.
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
            properties[property.Name] = property.Value;
        if (!Spend(properties.Count))
            return false;
        var kept = true;
        if (properties.Count > schema.MaxProperties)
            kept = Say(say, place, $"at most {Of(schema.MaxProperties.Value, "field")} are allowed, found {properties.Count}");
        if (properties.Count < schema.MinProperties)
            kept = Say(say, place, $"at least {Of(schema.MinProperties.Value, "field")} are expected, found {properties.Count}");
        if (!Spend(schema.Required?.Count ?? 0))
            return false;
        foreach (var name in schema.Required ?? [])
        {
            if (!properties.ContainsKey(name))
                kept = Say(say, place, $"the field {Quoted.Text(name)} is missing");
        }
        foreach (var (name, needed) in schema.DependentRequired ?? [])
        {
            if (!Spend(needed.Count + 1))
                return false;
            if (properties.ContainsKey(name) && needed.FirstOrDefault(other => !properties.ContainsKey(other)) is { } missing)
                kept = Say(say, place, $"with {Quoted.Text(name)} there has to be {Quoted.Text(missing)}");
        }
        foreach (var (name, dependent) in schema.DependentSchemas ?? [])
        {
            if (properties.ContainsKey(name))
                kept &= Keeps(dependent, json, place, say);
        }
        foreach (var (name, value) in properties)
        {
            kept &= Field(schema, name, value, place, say);
            if (Ended)
                return false;
        }
        return kept;
    }

    private bool Field(SchemaNode schema, string name, JsonElement value, Place place, bool say)
    {
        var (kept, known) = (true, false);
        if (schema.PropertyNames is { } names)
            kept &= Keeps(names, JsonSerializer.SerializeToElement(name), place.Of(name), say);
        if (schema.Properties is not null && schema.Properties.TryGetValue(name, out var expected))
        {
            known = true;
            kept &= Keeps(expected, value, place.Of(name), say);
        }
        foreach (var (pattern, fitting) in schema.PatternProperties ?? [])
        {
            if (!Spend(1))
                return false;
            if (!Finds(pattern, name))
                continue;
            known = true;
            kept &= Keeps(fitting, value, place.Of(name), say);
        }
        if (!known && schema.AdditionalProperties is { } rest)
            kept &= rest.Always == false ? Say(say, place, $"the field {Quoted.Text(name)} is not expected") : Keeps(rest, value, place.Of(name), say);
        return kept;
    }

    private bool Combined(SchemaNode schema, JsonElement json, Place place, bool say)
    {
        var kept = true;
        foreach (var part in schema.AllOf ?? [])
            kept &= Keeps(part, json, place, say);
        if (schema.AnyOf is { } any && !any.Any(part => Keeps(part, json, place, say: false)))
            kept = Say(say, place, $"{JsonReading.Describe(json)} fits none of the {any.Count} alternatives");
        if (schema.OneOf is { } one && one.Count(part => Keeps(part, json, place, say: false)) is not 1 and var fitting)
            kept = Say(say, place, fitting == 0 ? $"{JsonReading.Describe(json)} fits none of the {one.Count} alternatives" : $"it fits {fitting} of the alternatives, and only one may fit");
        if (schema.Not is { } not && Keeps(not, json, place, say: false))
            kept = Say(say, place, $"{JsonReading.Describe(json)} is what must not be here");
        if (schema.If is { } condition && (Keeps(condition, json, place, say: false) ? schema.Then : schema.Else) is { } then)
            kept &= Keeps(then, json, place, say);
        return kept;
    }

    private bool Finds(SafeRegex pattern, string text)
    {
        var found = pattern.Find(text, out var tooLong) is not null;
        _patternTooLong |= tooLong;
        return found;
    }

    private bool HasTwice(JsonElement list)
    {
        JsonElement[] items = [.. list.EnumerateArray()];
        for (var first = 0; first < items.Length; first++)
        {
            for (var second = first + 1; second < items.Length; second++)
            {
                if (Same(items[first], items[second]))
                    return !Ended;
                if (Ended)
                    return false;
            }
        }
        return false;
    }

    private bool Same(JsonElement one, JsonElement other) =>
        one.ValueKind == other.ValueKind && Spend(1 + JsonMarshal.GetRawUtf8Value(other).Length / 64) && JsonElement.DeepEquals(one, other);

    private bool Spend(int steps)
    {
        if (_left >= 0)
            _left -= steps;
        return _left >= 0;
    }

    // Always false, so that what is broken can be said and returned at once.
    private bool Say(bool say, Place place, string problem)
    {
        if (say && _problems.Count < MaxProblems)
            _problems.Add($"{place}: {problem}.");
        return false;
    }

    private static bool IsOf(JsonElement json, string type) => type switch
    {
        "null" => json.ValueKind == JsonValueKind.Null,
        "boolean" => json.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => json.ValueKind == JsonValueKind.Object,
        "array" => json.ValueKind == JsonValueKind.Array,
        "string" => json.ValueKind == JsonValueKind.String,
        "integer" => json.ValueKind == JsonValueKind.Number && (json.TryGetDecimal(out var exact) ? exact == decimal.Truncate(exact) : double.IsInteger(json.GetDouble())),
        _ => json.ValueKind == JsonValueKind.Number,
    };

    private static string TypeWords(string type) => type switch
    {
        "array" => "a list",
        "object" => "an object",
        "integer" => "a whole number",
        "string" => "a text",
        "boolean" => "true or false",
        "null" => "null",
        _ => "a number",
    };

    private static int Compare(JsonElement one, JsonElement other) =>
        one.TryGetDecimal(out var exact) && other.TryGetDecimal(out var limit) ? exact.CompareTo(limit) : one.GetDouble().CompareTo(other.GetDouble());

    private static bool IsMultiple(JsonElement json, JsonElement step)
    {
        if (json.TryGetDecimal(out var number) && step.TryGetDecimal(out var exact) && exact != 0)
            return number % exact == 0;
        var (value, by) = (json.GetDouble(), step.GetDouble());
        return by != 0 && Math.IEEERemainder(value, by) == 0;
    }

    // Unknown formats ask nothing, as the standard has it.
    private static bool IsInFormat(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => text.Contains('T', StringComparison.OrdinalIgnoreCase) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "time" => text.Contains(':', StringComparison.Ordinal) && DateTimeOffset.TryParse("2000-01-01T" + text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Any(char.IsWhiteSpace),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) && text.Contains(':', StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" => text.Count(sign => sign == '.') == 3 && IPAddress.TryParse(text, out var four) && four.AddressFamily == AddressFamily.InterNetwork,
        "ipv6" => IPAddress.TryParse(text, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6,
        _ => true,
    };

    private static string Of(decimal count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:0} {(count == 1 ? one : many ?? one + "s")}");

    // Where in the JSON, put into words only where something is wrong.
    private sealed class Place(Place? parent, string? name, int index)
    {
        public static readonly Place Top = new(null, null, 0);

        public Place At(int item) => new(this, null, item);

        public Place Of(string field) => new(this, field, 0);

        public override string ToString() => parent is null ? "$" : name is null
            ? string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]")
            : name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign == '_') ? $"{parent}.{name}" : $"{parent}['{Quoted.Cut(name)}']";
    }
}
