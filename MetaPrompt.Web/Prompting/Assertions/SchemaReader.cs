using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>
/// Reads a JSON Schema of draft 2020-12 (and what differs in drafts 4 to 2019-09 and is still written). It stays within the
/// text it was given: a reference to anywhere else is refused, never fetched. What it cannot check it refuses as well: a
/// rule that is silently left out would let wrong answers pass.
/// </summary>
internal sealed class SchemaReader
{
    private const int MaxNodes = 5_000;

    private static readonly HashSet<string> KnownTypes = ["null", "boolean", "object", "array", "number", "string", "integer"];

    private static readonly HashSet<string> NotChecked = ["unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"];

    private readonly JsonElement _root;
    private readonly Dictionary<string, SchemaNode> _byPointer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _anchors = new(StringComparer.Ordinal);
    private readonly List<(SchemaNode Node, string Target)> _references = [];
    private string? _rootId;
    private string? _problem;

    private SchemaReader(JsonElement root) => _root = root;

    /// <summary>The schema; or null, and what is wrong with it as part of a sentence.</summary>
    public static SchemaNode? Read(string schema, out string problem)
    {
        if (JsonReading.Parse(schema, out problem) is not { } root)
        {
            problem = $"it is no valid JSON ({problem})";
            return null;
        }
        var reader = new SchemaReader(root);
        var node = reader.Root();
        problem = reader._problem ?? "";
        return reader._problem is null ? node : null;
    }

    private SchemaNode Root()
    {
        if (_root.ValueKind == JsonValueKind.Object && _root.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String)
            _rootId = id.GetString()!.TrimEnd('#');
        var node = Node(_root, "");
        // Targets may be anywhere, and may have references of their own.
        for (var at = 0; at < _references.Count && _problem is null; at++)
            _references[at].Node.Ref = Target(_references[at].Target);
        return node;
    }

    private SchemaNode Node(JsonElement element, string pointer)
    {
        if (_byPointer.TryGetValue(pointer, out var known))
            return known;
        var node = new SchemaNode();
        _byPointer[pointer] = node;
        if (_byPointer.Count > MaxNodes)
            Fail(pointer, $"it has more than {MaxNodes:N0} parts");
        else if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            node.Always = element.ValueKind == JsonValueKind.True;
        else if (element.ValueKind != JsonValueKind.Object)
            Fail(pointer, "a schema has to be an object, true or false");
        else
            Fill(node, element, pointer);
        return node;
    }

    private void Fill(SchemaNode node, JsonElement schema, string pointer)
    {
        JsonElement? additionalItems = null;
        var itemsList = false;
        foreach (var property in schema.EnumerateObject())
        {
            if (_problem is not null)
                return;
            var (name, value) = (property.Name, property.Value);
            var at = $"{pointer}/{Escaped(name)}";
            switch (name)
            {
                case "$ref": _references.Add((node, String(value, at))); break;
                case "$anchor": _anchors[String(value, at)] = pointer; break;
                case "$id" when pointer.Length > 0: Fail(at, "an $id below the top is not known here"); break;
                case "$defs" or "definitions": Schemas(value, at); break;
                case "type": node.Types = Types(value, at); break;
                case "enum": node.Enum = [.. List(value, at)]; break;
                case "const": node.Const = value; break;
                case "pattern": (node.Pattern, node.PatternText) = (Pattern(String(value, at), at), value.ToString()); break;
                case "format": node.Format = String(value, at); break;
                case "multipleOf": node.MultipleOf = Number(value, at); break;
                case "maximum": node.Maximum = Number(value, at); break;
                case "minimum": node.Minimum = Number(value, at); break;
                // Draft 4: a flag beside the limit.
                case "exclusiveMaximum" when value.ValueKind == JsonValueKind.True: node.ExclusiveMaximum = schema.TryGetProperty("maximum", out var most) ? Number(most, at) : null; break;
                case "exclusiveMinimum" when value.ValueKind == JsonValueKind.True: node.ExclusiveMinimum = schema.TryGetProperty("minimum", out var least) ? Number(least, at) : null; break;
                case "exclusiveMaximum" or "exclusiveMinimum" when value.ValueKind == JsonValueKind.False: break;
                case "exclusiveMaximum": node.ExclusiveMaximum = Number(value, at); break;
                case "exclusiveMinimum": node.ExclusiveMinimum = Number(value, at); break;
                case "maxLength": node.MaxLength = Count(value, at); break;
                case "minLength": node.MinLength = Count(value, at); break;
                case "maxItems": node.MaxItems = Count(value, at); break;
                case "minItems": node.MinItems = Count(value, at); break;
                case "uniqueItems": node.UniqueItems = value.ValueKind == JsonValueKind.True; break;
                case "maxContains": node.MaxContains = Count(value, at); break;
                case "minContains": node.MinContains = Count(value, at); break;
                case "maxProperties": node.MaxProperties = Count(value, at); break;
                case "minProperties": node.MinProperties = Count(value, at); break;
                // Draft 3 had a flag here; it says nothing in those after it.
                case "required" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: break;
                case "required": node.Required = Strings(value, at); break;
                case "dependentRequired": node.DependentRequired = Object(value, at).ToDictionary(entry => entry.Name, entry => Strings(entry.Value, at), StringComparer.Ordinal); break;
                case "dependentSchemas": node.DependentSchemas = Schemas(value, at); break;
                case "dependencies": Dependencies(node, value, at); break;
                case "properties": node.Properties = Schemas(value, at); break;
                case "patternProperties": node.PatternProperties = [.. Schemas(value, at).Select(entry => (Pattern(entry.Key, at)!, entry.Value))]; break;
                case "additionalProperties": node.AdditionalProperties = Node(value, at); break;
                case "propertyNames": node.PropertyNames = Node(value, at); break;
                case "prefixItems": node.PrefixItems = Nodes(value, at); break;
                // Before 2020-12 a list of schemas stood here, and the one for the rest in additionalItems.
                case "items" when value.ValueKind == JsonValueKind.Array: (node.PrefixItems, itemsList) = (Nodes(value, at), true); break;
                case "items": node.Items = Node(value, at); break;
                case "additionalItems": additionalItems = value; break;
                case "contains": node.Contains = Node(value, at); break;
                case "allOf": node.AllOf = Nodes(value, at); break;
                case "anyOf": node.AnyOf = Nodes(value, at); break;
                case "oneOf": node.OneOf = Nodes(value, at); break;
                case "not": node.Not = Node(value, at); break;
                case "if": node.If = Node(value, at); break;
                case "then": node.Then = Node(value, at); break;
                case "else": node.Else = Node(value, at); break;
                default:
                    if (NotChecked.Contains(name))
                        Fail(at, $"{name} cannot be checked here");
                    break;
            }
        }
        if (itemsList && additionalItems is { } rest)
            node.Items = Node(rest, pointer + "/additionalItems");
    }

    private void Dependencies(SchemaNode node, JsonElement value, string at)
    {
        node.DependentRequired ??= new(StringComparer.Ordinal);
        node.DependentSchemas ??= new(StringComparer.Ordinal);
        foreach (var entry in Object(value, at))
        {
            if (entry.Value.ValueKind == JsonValueKind.Array)
                node.DependentRequired[entry.Name] = Strings(entry.Value, at);
            else
                node.DependentSchemas[entry.Name] = Node(entry.Value, $"{at}/{Escaped(entry.Name)}");
        }
    }

    private SchemaNode? Target(string reference)
    {
        var local = _rootId is { Length: > 0 } id && reference.StartsWith(id, StringComparison.Ordinal) ? reference[id.Length..] : reference;
        if (local is "" or "#")
            return Node(_root, "");
        if (local[0] != '#')
            return Fail("", $"it refers to {Quoted.Text(reference)}; nothing is fetched from elsewhere. Put that schema under $defs");
        var pointer = Uri.UnescapeDataString(local[1..]);
        if (pointer[0] != '/')
            return _anchors.TryGetValue(pointer, out var anchored) ? _byPointer[anchored] : Fail("", $"it refers to {Quoted.Text(reference)}, which is not in it");
        var element = _root;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var property))
                element = property;
            else if (element.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < element.GetArrayLength())
                element = element[index];
            else
                return Fail("", $"it refers to {Quoted.Text(reference)}, which is not in it");
        }
        return Node(element, pointer);
    }

    private Dictionary<string, SchemaNode> Schemas(JsonElement value, string at)
    {
        var schemas = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        foreach (var entry in Object(value, at))
            schemas[entry.Name] = Node(entry.Value, $"{at}/{Escaped(entry.Name)}");
        return schemas;
    }

    private List<SchemaNode> Nodes(JsonElement value, string at) =>
        [.. List(value, at).Select((element, index) => Node(element, string.Create(CultureInfo.InvariantCulture, $"{at}/{index}")))];

    private List<string> Types(JsonElement value, string at)
    {
        List<string> types = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : Strings(value, at).ToList();
        if (types.Find(type => !KnownTypes.Contains(type)) is { } unknown)
            Fail(at, $"{Quoted.Text(unknown)} is no type of JSON");
        return types;
    }

    private SafeRegex? Pattern(string pattern, string at)
    {
        var regex = SafeRegex.Parse(pattern, ignoreCase: false, out var problem);
        if (regex is null)
            Fail(at, $"the pattern {Quoted.Text(pattern)} cannot be used: {problem}");
        return regex;
    }

    private JsonElement.ObjectEnumerator Object(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Object)
            return value.EnumerateObject();
        Fail(at, "an object is expected");
        return default;
    }

    private JsonElement.ArrayEnumerator List(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return value.EnumerateArray();
        Fail(at, "a list is expected");
        return default;
    }

    private IReadOnlyList<string> Strings(JsonElement value, string at) => [.. List(value, at).Select(element => String(element, at))];

    private string String(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        Fail(at, "a text is expected");
        return "";
    }

    private JsonElement? Number(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Number)
            return value;
        Fail(at, "a number is expected");
        return null;
    }

    private decimal? Count(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var count) && count >= 0)
            return count;
        Fail(at, "a number of 0 or more is expected");
        return null;
    }

    private SchemaNode? Fail(string pointer, string problem)
    {
        _problem ??= pointer.Length > 0 ? $"{problem} (at {Quoted.Cut(pointer)})" : problem;
        return null;
    }

    private static string Escaped(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
