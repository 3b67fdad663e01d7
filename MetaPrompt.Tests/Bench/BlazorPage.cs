using System.Net;
using System.Text;

namespace MetaPrompt.Tests.Bench;

/// <summary>A place on a page: an element, a text, static markup (kept as it came), or a component with its content.</summary>
internal sealed class BlazorNode
{
    private List<BlazorNode>? _children;
    private List<(string Name, string? Value)>? _attributes;
    private List<(string Event, ulong Handler, int Component)>? _events;

    /// <summary>An element's name; null for everything else.</summary>
    public string? Name { get; init; }

    /// <summary>A text, or static markup; null for elements and components.</summary>
    public string? Text { get; set; }

    public BlazorNode? Parent { get; private set; }

    public IReadOnlyList<BlazorNode> Children => _children ?? [];

    /// <summary>An attribute's value; null where it is not there.</summary>
    public string? this[string name] => _attributes?.Find(one => one.Name == name).Value;

    /// <summary>Whether it has this class.</summary>
    public bool HasClass(string name) => this["class"]?.Split(' ').Contains(name) == true;

    /// <summary>What a person reads in it, without markup, spaces trimmed.</summary>
    public string Words
    {
        get
        {
            var words = new StringBuilder();
            Read(words);
            return words.ToString().Trim();
        }
    }

    /// <summary>Who handles an event of this element; null where nobody does.</summary>
    public (ulong Handler, int Component)? Handler(string @event)
    {
        var found = _events?.Find(one => one.Event == @event) ?? default;
        return found.Handler == 0 ? null : (found.Handler, found.Component);
    }

    /// <summary>All elements below it, in their order.</summary>
    public IEnumerable<BlazorNode> Elements()
    {
        foreach (var child in Children)
        {
            if (child.Name is not null)
                yield return child;
            foreach (var below in child.Elements())
                yield return below;
        }
    }

    public void Insert(int index, BlazorNode child)
    {
        child.Parent = this;
        (_children ??= []).Insert(index, child);
    }

    public void Remove(int index) => _children!.RemoveAt(index);

    public void Move(IReadOnlyList<(int From, int To)> moves)
    {
        var before = _children!.ToArray();
        foreach (var (from, to) in moves)
            _children[to] = before[from];
    }

    public void Set(string name, string? value, ulong handler, int component)
    {
        Unset(name);
        if (handler != 0)
            (_events ??= []).Add((name[2..], handler, component));
        else if (value is not null)
            (_attributes ??= []).Add((name, value));
    }

    public void Unset(string name)
    {
        _attributes?.RemoveAll(one => one.Name == name);
        _events?.RemoveAll(one => name.StartsWith("on", StringComparison.Ordinal) && one.Event == name[2..]);
    }

    private void Read(StringBuilder words)
    {
        if (Text is not null)
            words.Append(Text.Contains('<', StringComparison.Ordinal) ? WithoutTags(Text) : Text);
        foreach (var child in Children)
            child.Read(words);
    }

    private static string WithoutTags(string markup)
    {
        var words = new StringBuilder(markup.Length);
        var inTag = false;
        foreach (var character in markup)
        {
            if (character is '<' or '>')
                inTag = character == '<';
            else if (!inTag)
                words.Append(character);
        }

        return WebUtility.HtmlDecode(words.ToString());
    }
}

/// <summary>What a circuit has drawn so far: the tree that its render batches make. One thread at a time.</summary>
internal sealed class BlazorPage
{
    private readonly Dictionary<int, BlazorNode> _components = [];
    private readonly List<BlazorNode> _roots = [];

    /// <summary>How many batches it was made of.</summary>
    public int Batches { get; private set; }

    /// <summary>All its elements.</summary>
    public IEnumerable<BlazorNode> Elements => _roots.SelectMany(root => root.Elements());

    /// <summary>The element with this id; null where there is none.</summary>
    public BlazorNode? ById(string id) => Elements.FirstOrDefault(element => element["id"] == id);

    /// <summary>The button that says this; null where there is none.</summary>
    public BlazorNode? Button(string words) => Elements.FirstOrDefault(element => element.Name == "button" && element.Words == words);

    /// <summary>The first element with this class; null where there is none.</summary>
    public BlazorNode? ByClass(string name) => Elements.FirstOrDefault(element => element.HasClass(name));

    /// <summary>Whether these words stand anywhere on it.</summary>
    public bool Says(string words) => _roots.Exists(root => root.Words.Contains(words, StringComparison.Ordinal));

    /// <summary>A component begins at the top of the page.</summary>
    public void Attach(int component)
    {
        var root = new BlazorNode();
        _components[component] = root;
        _roots.Add(root);
    }

    /// <summary>Draws a batch.</summary>
    public void Apply(BlazorRenderBatch batch)
    {
        for (var index = 0; index < batch.Components; index++)
        {
            var (id, edits, count) = batch.Component(index);
            Apply(batch, id, edits, count);
        }

        for (var index = 0; index < batch.Gone; index++)
        {
            if (_components.Remove(batch.GoneComponent(index), out var gone))
                _roots.Remove(gone);
        }

        Batches++;
    }

    private void Apply(BlazorRenderBatch batch, int component, int edits, int count)
    {
        var at = _components[component];
        List<(int From, int To)>? moves = null;
        for (var index = 0; index < count; index++)
        {
            var (kind, sibling, frame, attribute) = batch.Edit(edits, index);
            switch (kind)
            {
                case BlazorEdit.Insert:
                    Insert(batch, component, at, sibling, frame);
                    break;
                case BlazorEdit.Remove:
                    at.Remove(sibling);
                    break;
                case BlazorEdit.SetAttribute:
                    Set(batch, component, at.Children[sibling], frame);
                    break;
                case BlazorEdit.RemoveAttribute:
                    at.Children[sibling].Unset(attribute!);
                    break;
                case BlazorEdit.SetText:
                case BlazorEdit.SetMarkup:
                    at.Children[sibling].Text = batch.Content(frame);
                    break;
                case BlazorEdit.StepIn:
                    at = at.Children[sibling];
                    break;
                case BlazorEdit.StepOut:
                    at = at.Parent!;
                    break;
                case BlazorEdit.Move:
                    (moves ??= []).Add((sibling, frame));
                    break;
                case BlazorEdit.EndOfMoves:
                    at.Move(moves!);
                    moves = null;
                    break;
                default:
                    throw new InvalidDataException($"An edit of the kind {kind} is not known.");
            }
        }
    }

    // How many places it took among its siblings: a region has none of its own, what only refers to something none at all.
    private int Insert(BlazorRenderBatch batch, int component, BlazorNode parent, int index, int frame)
    {
        switch (batch.Kind(frame))
        {
            case BlazorFrame.Element:
                var element = new BlazorNode { Name = batch.Name(frame) };
                parent.Insert(index, element);
                var (child, end) = (frame + 1, frame + batch.Length(frame));
                for (; child < end && batch.Kind(child) == BlazorFrame.Attribute; child++)
                    Set(batch, component, element, child);
                InsertRange(batch, component, element, 0, child, end);
                return 1;
            case BlazorFrame.Text:
            case BlazorFrame.Markup:
                parent.Insert(index, new BlazorNode { Text = batch.Content(frame) });
                return 1;
            case BlazorFrame.Component:
                var place = new BlazorNode();
                parent.Insert(index, place);
                _components[batch.ComponentId(frame)] = place;
                return 1;
            case BlazorFrame.Region:
                return InsertRange(batch, component, parent, index, frame + 1, frame + batch.Length(frame));
            case BlazorFrame.ElementReference:
            case BlazorFrame.ComponentReference:
            case BlazorFrame.RenderMode:
            case BlazorFrame.NamedEvent:
                return 0;
            default:
                throw new InvalidDataException($"A frame of the kind {batch.Kind(frame)} is not known here.");
        }
    }

    private int InsertRange(BlazorRenderBatch batch, int component, BlazorNode parent, int index, int from, int to)
    {
        var next = index;
        for (var frame = from; frame < to; frame += batch.Length(frame))
            next += Insert(batch, component, parent, next, frame);
        return next - index;
    }

    private static void Set(BlazorRenderBatch batch, int component, BlazorNode element, int frame)
    {
        var (name, value, handler) = batch.Attribute(frame);
        element.Set(name, value, handler, component);
    }
}
