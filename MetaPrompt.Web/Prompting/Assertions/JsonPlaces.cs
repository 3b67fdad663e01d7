using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MetaPrompt.Web.Prompting.Assertions;

/// <summary>
/// A JSON Path (RFC 9535 without filters): <c>$.items[0].name</c>, <c>$['a b']</c>, <c>[-1]</c>, <c>[1:3]</c>, <c>.*</c>,
/// <c>..name</c>, <c>['a','b']</c>. A path without <c>$</c> begins there. It looks at a bounded number of values.
/// </summary>
internal sealed class JsonPlaces
{
    private const int MaxSegments = 50;
    private const int MaxLooks = 200_000;

    private readonly List<Segment> _segments;

    private JsonPlaces(List<Segment> segments) => _segments = segments;

    /// <summary>The path; or null, and what is wrong with it as part of a sentence.</summary>
    public static JsonPlaces? Parse(string path, out string problem)
    {
        var reader = new Reader(path.Trim());
        var segments = reader.Read();
        problem = reader.Problem ?? "";
        return segments is null ? null : new JsonPlaces(segments);
    }

    /// <summary>The values at the path, in the order they stand; null where it would take too long.</summary>
    public IReadOnlyList<JsonElement>? Find(JsonElement root)
    {
        var left = MaxLooks;
        List<JsonElement> found = [root];
        foreach (var segment in _segments)
        {
            var next = new List<JsonElement>();
            foreach (var element in found)
            {
                if (!(segment.Deep ? Descend(element, segment, next, ref left) : Select(element, segment, next, ref left)))
                    return null;
            }
            found = next;
        }
        return found;
    }

    private static bool Descend(JsonElement element, Segment segment, List<JsonElement> into, ref int left)
    {
        if (!Select(element, segment, into, ref left))
            return false;
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (!Descend(property.Value, segment, into, ref left))
                    return false;
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (!Descend(item, segment, into, ref left))
                    return false;
            }
        }
        return true;
    }

    private static bool Select(JsonElement element, Segment segment, List<JsonElement> into, ref int left)
    {
        foreach (var selector in segment.Selectors)
        {
            if (--left < 0)
                return false;
            switch (selector)
            {
                case Name name when element.ValueKind == JsonValueKind.Object:
                    left -= element.GetPropertyCount();
                    if (element.TryGetProperty(name.Value, out var value))
                        into.Add(value);
                    break;
                case All when element.ValueKind == JsonValueKind.Object:
                    left -= element.GetPropertyCount();
                    into.AddRange(element.EnumerateObject().Select(property => property.Value));
                    break;
                case All when element.ValueKind == JsonValueKind.Array:
                    left -= element.GetArrayLength();
                    into.AddRange(element.EnumerateArray());
                    break;
                case Slice slice when element.ValueKind == JsonValueKind.Array:
                    var length = element.GetArrayLength();
                    left -= length;
                    // A list is walked once: its parts have no addresses.
                    JsonElement[] items = [.. element.EnumerateArray()];
                    into.AddRange(slice.Places(length).Select(at => items[at]));
                    break;
            }
            if (left < 0)
                return false;
        }
        return true;
    }

    private sealed record Segment(bool Deep, IReadOnlyList<Selector> Selectors);

    private abstract record Selector;

    private sealed record Name(string Value) : Selector;

    private sealed record All : Selector;

    private sealed record Slice(long? Start, long? End, long Step, bool One) : Selector
    {
        public static Slice At(long index) => new(index, null, 1, One: true);

        public IEnumerable<int> Places(int length)
        {
            if (One)
            {
                var at = Start!.Value < 0 ? length + Start.Value : Start.Value;
                if (at >= 0 && at < length)
                    yield return (int)at;
            }
            else if (Step > 0)
            {
                var (from, to) = (Math.Clamp(Of(Start ?? 0), 0, length), Math.Clamp(Of(End ?? length), 0, length));
                for (var at = from; at < to; at += Step)
                    yield return (int)at;
            }
            else if (Step < 0)
            {
                var from = Math.Clamp(Start is { } start ? Of(start) : length - 1, -1, length - 1);
                var to = Math.Clamp(End is { } end ? Of(end) : -1, -1, length - 1);
                for (var at = from; at > to; at += Step)
                    yield return (int)at;
            }

            long Of(long index) => index < 0 ? length + index : index;
        }
    }

    private sealed class Reader(string path)
    {
        private int _at;

        public string? Problem { get; private set; }

        public List<Segment>? Read()
        {
            var segments = new List<Segment>();
            if (path.Length == 0)
                return Fail("it is empty");
            if (path[0] == '$')
                _at = 1;
            else if (path[0] is not ('.' or '['))
                segments.Add(new Segment(false, Bare() is { } first ? [first] : []));
            for (Blank(); Problem is null && _at < path.Length; Blank())
            {
                var deep = path.AsSpan(_at).StartsWith("..");
                if (!deep && path[_at] is not ('.' or '['))
                    return Fail("a dot or a bracket is expected");
                var dotted = !deep && path[_at] == '.';
                _at += deep ? 2 : dotted ? 1 : 0;
                Blank();
                if (!dotted && _at < path.Length && path[_at] == '[')
                    segments.Add(new Segment(deep, Bracket()));
                else
                    segments.Add(new Segment(deep, Bare() is { } selector ? [selector] : []));
                if (segments.Count > MaxSegments)
                    return Fail($"it has more than {MaxSegments} steps");
            }
            return Problem is null ? segments : null;
        }

        private Selector? Bare()
        {
            if (_at < path.Length && path[_at] == '*')
            {
                _at++;
                return new All();
            }
            var start = _at;
            while (_at < path.Length && (path[_at] is '_' or '-' or > '\u007f' || char.IsAsciiLetterOrDigit(path[_at])))
                _at++;
            if (_at > start)
                return new Name(path[start.._at]);
            Fail("a name is expected");
            return null;
        }

        private List<Selector> Bracket()
        {
            var selectors = new List<Selector>();
            _at++;
            while (true)
            {
                Blank();
                if (Inside() is not { } selector)
                    return [];
                selectors.Add(selector);
                Blank();
                if (_at >= path.Length || path[_at] is not (',' or ']'))
                {
                    Fail("a closing ] is expected");
                    return [];
                }
                if (path[_at++] == ']')
                    return selectors;
            }
        }

        private Selector? Inside()
        {
            var sign = _at < path.Length ? path[_at] : '\0';
            if (sign is '\'' or '"')
                return Text(sign) is { } text ? new Name(text) : null;
            if (sign == '*')
            {
                _at++;
                return new All();
            }
            if (sign is '?' or '(')
            {
                Fail("filters like [?(…)] are not known here");
                return null;
            }
            var start = Number();
            Blank();
            if (_at >= path.Length || path[_at] != ':')
            {
                if (start is null)
                    Fail("a number, a name in quotes or * is expected");
                return start is { } index ? Slice.At(index) : null;
            }
            _at++;
            Blank();
            var end = Number();
            Blank();
            long step = 1;
            if (_at < path.Length && path[_at] == ':')
            {
                _at++;
                Blank();
                step = Number() ?? 1;
            }
            return new Slice(start, end, step, One: false);
        }

        private long? Number()
        {
            var start = _at;
            if (_at < path.Length && path[_at] == '-')
                _at++;
            while (_at < path.Length && char.IsAsciiDigit(path[_at]))
                _at++;
            if (_at == start)
                return null;
            // Beyond 2^53 no list reaches.
            if (_at - start <= 17 && long.TryParse(path.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                return number;
            Fail("there is a number that is none");
            return null;
        }

        private string? Text(char quote)
        {
            var text = new StringBuilder();
            for (_at++; _at < path.Length; _at++)
            {
                if (path[_at] == quote)
                {
                    _at++;
                    return text.ToString();
                }
                if (path[_at] != '\\')
                    text.Append(path[_at]);
                else if (++_at < path.Length)
                    text.Append(Escaped());
            }
            Fail("a quotation mark is not closed");
            return null;
        }

        private char Escaped()
        {
            if (path[_at] == 'u' && _at + 4 < path.Length && ushort.TryParse(path.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                _at += 4;
                return (char)code;
            }
            return path[_at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other };
        }

        private void Blank()
        {
            while (_at < path.Length && (path[_at] is ' ' or '\t' or '\n' or '\r'))
                _at++;
        }

        private List<Segment>? Fail(string problem)
        {
            Problem ??= string.Create(CultureInfo.InvariantCulture, $"{problem} (at character {Math.Min(_at, path.Length) + 1})");
            return null;
        }
    }
}
