using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>
/// Reads YAML from its parser's events, never through a deserializer: tags name no types, an alias is a second place of the same
/// value and counts with all it stands for, depth and size have limits, a key stands once.
/// </summary>
internal static class YamlTree
{
    /// <summary>The first document.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="lineOffset">Lines of the file above it.</param>
    /// <exception cref="FormatException">It is no YAML, or more than is taken; the message says where.</exception>
    public static DataNode Read(string yaml, long lineOffset = 0)
    {
        try
        {
            var parser = new Parser(new Scanner(new StringReader(yaml), skipComments: true));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
                return DataNode.Map();
            return new Reader(parser, lineOffset).Node(0);
        }
        // The reader takes an escaped half of a surrogate pair for a whole one.
        catch (ArgumentOutOfRangeException problem)
        {
            throw new FormatException("It is not valid YAML: an escaped character in it is none.", problem);
        }
        catch (YamlException problem)
        {
            throw new FormatException($"It is not valid YAML at line {problem.Start.Line + lineOffset}: {Reason(problem)}", problem);
        }
    }

    private static string Reason(YamlException problem)
    {
        var reason = problem.InnerException?.Message ?? problem.Message;
        // The parser's own message begins with the place, which is told already.
        var colon = reason.IndexOf("): ", StringComparison.Ordinal);
        reason = reason.StartsWith('(') && colon > 0 ? reason[(colon + 3)..] : reason;
        return Lines.Shorten(Lines.Collapse(reason), 200).TrimEnd('.') + ".";
    }

    private sealed class Reader(Parser parser, long lineOffset)
    {
        private readonly Dictionary<string, DataNode?> _anchors = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);
        private long _size;
        private long _characters;

        public DataNode Node(int depth)
        {
            var line = parser.Current!.Start.Line + lineOffset;
            if (depth > ImportLimits.Depth)
                throw new FormatException($"Line {line} is nested more than {ImportLimits.Depth} levels deep; no prompt needs that.");
            Count(1);
            if (parser.TryConsume<AnchorAlias>(out var alias))
                return Known(alias.Value.Value, line);
            var anchor = parser.Current is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
            if (anchor is not null)
                _anchors[anchor] = null;
            var before = _characters;
            var node = Value(depth, line);
            if (anchor is not null)
                (_anchors[anchor], _lengths[anchor]) = (node, _characters - before);
            return node;
        }

        private DataNode Value(int depth, long line)
        {
            if (parser.TryConsume<Scalar>(out var scalar))
            {
                Lengthen(scalar.Value.Length);
                var plain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
                return DataNode.Scalar(plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL" ? null : scalar.Value, plain, line);
            }

            if (parser.TryConsume<SequenceStart>(out _))
            {
                var items = new List<DataNode>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                    items.Add(Node(depth + 1));
                return DataNode.List(items, line);
            }

            parser.Consume<MappingStart>();
            var entries = new List<KeyValuePair<string, DataNode>>();
            var keys = new HashSet<string>(StringComparer.Ordinal);
            var merged = new List<DataNode>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = Node(depth + 1);
                var value = Node(depth + 1);
                if (key.IsPlain && key.Text == "<<")
                    merged.AddRange(value.IsList ? value.Items : [value]);
                else if (!keys.Add(key.Text ?? ""))
                    throw new FormatException($"Line {key.Line} has the key “{Lines.Shorten(key.Text ?? "", 60)}” for the second time. Which one counts? Keep one of them.");
                else
                    entries.Add(new(key.Text ?? "", value));
            }

            entries.AddRange(merged.SelectMany(one => one.Entries).Where(entry => keys.Add(entry.Key)));
            return DataNode.Map(entries, line);
        }

        private DataNode Known(string name, long line)
        {
            if (_anchors.GetValueOrDefault(name) is not { } node)
                throw new FormatException($"Line {line} refers to “*{Lines.Shorten(name, 60)}”, which is not defined above it.");
            Count(node.Size);
            Lengthen(_lengths[name]);
            return node;
        }

        // A long text that is named once and used ten thousand times is that long ten thousand times.
        private void Lengthen(long more)
        {
            _characters += more;
            if (_characters > ImportLimits.FileBytes)
                throw new FormatException($"Its aliases stand for more than {ImportLimits.FileBytes / 1024 / 1024} million characters; no collection of prompts needs that.");
        }

        private void Count(long more)
        {
            _size += more;
            if (_size > ImportLimits.Nodes)
                throw new FormatException($"It holds more than {ImportLimits.Nodes:N0} values, or aliases that stand for so many; no collection of prompts needs that.");
        }
    }
}
