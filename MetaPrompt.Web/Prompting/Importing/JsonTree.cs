using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Reads JSON with the limits of <see cref="ImportLimits"/>, and writes a tree as JSON.</summary>
internal static partial class JsonTree
{
    /// <summary>A whole JSON text.</summary>
    /// <exception cref="FormatException">It is none, or more than is taken.</exception>
    public static DataNode Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = ImportLimits.Depth, AllowDuplicateProperties = false });
            var left = ImportLimits.Nodes;
            return Node(document.RootElement, ref left);
        }
        catch (JsonException problem)
        {
            var line = problem.LineNumber is { } number ? $" at line {number + 1}" : "";
            throw new FormatException($"It is not valid JSON{line}: {Lines.Shorten(Lines.Collapse(Place().Replace(problem.Message, "")), 200).TrimEnd('.')}.", problem);
        }
        catch (InvalidOperationException problem)
        {
            throw new FormatException("It has text with halves of characters in it (an escape such as \\ud800 without its other half).", problem);
        }
    }

    /// <summary>The tree as JSON; plain scalars that look like true, false or a whole number are written as such.</summary>
    public static string Write(DataNode node, bool indented = true)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
            Write(writer, node);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static DataNode Node(JsonElement element, ref int left)
    {
        if (--left < 0)
            throw new FormatException($"It holds more than {ImportLimits.Nodes:N0} values; no collection of prompts needs that.");
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                var items = new List<DataNode>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                    items.Add(Node(item, ref left));
                return DataNode.List(items);
            case JsonValueKind.Object:
                var entries = new List<KeyValuePair<string, DataNode>>();
                foreach (var property in element.EnumerateObject())
                    entries.Add(new(property.Name, Node(property.Value, ref left)));
                return DataNode.Map(entries);
            case JsonValueKind.String:
                return DataNode.Scalar(element.GetString());
            case JsonValueKind.Null:
                return DataNode.Scalar(null, isPlain: true);
            default:
                return DataNode.Scalar(element.GetRawText(), isPlain: true);
        }
    }

    private static void Write(Utf8JsonWriter writer, DataNode node)
    {
        if (node.IsList)
        {
            writer.WriteStartArray();
            foreach (var item in node.Items)
                Write(writer, item);
            writer.WriteEndArray();
        }
        else if (node.IsMap)
        {
            writer.WriteStartObject();
            foreach (var (key, value) in node.Entries)
            {
                writer.WritePropertyName(key);
                Write(writer, value);
            }

            writer.WriteEndObject();
        }
        else if (node.Text is null)
        {
            writer.WriteNullValue();
        }
        else if (node.IsTrue || node.IsFalse)
        {
            writer.WriteBooleanValue(node.IsTrue);
        }
        else if (node.IsPlain && Whole().IsMatch(node.Text))
        {
            writer.WriteRawValue(node.Text);
        }
        else
        {
            writer.WriteStringValue(node.Text);
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9]\d{0,17})$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\s*(LineNumber|Path|BytePositionInLine): [^|]*(\||$)")]
    private static partial Regex Place();
}
