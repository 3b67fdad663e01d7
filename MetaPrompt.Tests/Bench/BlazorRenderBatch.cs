using System.Buffers.Binary;
using System.Text;

namespace MetaPrompt.Tests.Bench;

/// <summary>What an edit of a render batch does; the numbers are Blazor's.</summary>
internal enum BlazorEdit
{
    Insert = 1,
    Remove = 2,
    SetAttribute = 3,
    RemoveAttribute = 4,
    SetText = 5,
    StepIn = 6,
    StepOut = 7,
    SetMarkup = 8,
    Move = 9,
    EndOfMoves = 10,
}

/// <summary>What a frame of a render batch is; the numbers are Blazor's.</summary>
internal enum BlazorFrame
{
    Element = 1,
    Text = 2,
    Attribute = 3,
    Component = 4,
    Region = 5,
    ElementReference = 6,
    ComponentReference = 7,
    Markup = 8,
    RenderMode = 9,
    NamedEvent = 10,
}

/// <summary>
/// A render batch as a circuit sends it: tables of entries of fixed lengths, found by the five numbers at its end. Frames are
/// 20 bytes (kind, then what the kind needs), edits 16; texts stand in a table and are named by their index, -1 for none.
/// </summary>
internal readonly ref struct BlazorRenderBatch(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many components changed.</summary>
    public int Components => Number(Part(5));

    /// <summary>How many components are gone.</summary>
    public int Gone => Number(Part(3));

    /// <summary>A changed component: its id, where its edits begin, and how many there are.</summary>
    public (int Id, int Edits, int Count) Component(int index)
    {
        var at = Number(Part(5) + 4 + (index * 4));
        return (Number(at), at + 8, Number(at + 4));
    }

    /// <summary>The id of a component that is gone.</summary>
    public int GoneComponent(int index) => Number(Part(3) + 4 + (index * 4));

    /// <summary>An edit: what it does, to which of the siblings, and the frame it takes (of a move: where to).</summary>
    public (BlazorEdit Kind, int Sibling, int Frame, string? Attribute) Edit(int edits, int index)
    {
        var at = edits + (index * 16);
        var kind = (BlazorEdit)Number(at);
        return (kind, Number(at + 4), Number(at + 8), kind == BlazorEdit.RemoveAttribute ? Text(Number(at + 12)) : null);
    }

    /// <summary>What a frame is.</summary>
    public BlazorFrame Kind(int frame) => (BlazorFrame)Number(Frame(frame));

    /// <summary>How many frames an element, component or region takes, itself included; 1 for every other.</summary>
    public int Length(int frame) => Kind(frame) is BlazorFrame.Element or BlazorFrame.Component or BlazorFrame.Region ? Number(Frame(frame) + 4) : 1;

    /// <summary>An element's name.</summary>
    public string Name(int frame) => string.Intern(Text(Number(Frame(frame) + 8)) ?? "");

    /// <summary>The text of a text or markup frame.</summary>
    public string Content(int frame) => Text(Number(Frame(frame) + 4)) ?? "";

    /// <summary>The id of a component frame.</summary>
    public int ComponentId(int frame) => Number(Frame(frame) + 8);

    /// <summary>An attribute; with a handler other than 0 it is an event.</summary>
    public (string Name, string? Value, ulong Handler) Attribute(int frame)
    {
        var at = Frame(frame);
        return (string.Intern(Text(Number(at + 4)) ?? ""), Text(Number(at + 8)), BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(at + 12)..]));
    }

    private int Frame(int index) => Part(4) + 4 + (index * 20);

    private int Part(int fromEnd) => Number(_bytes.Length - (fromEnd * 4));

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes[at..]);

    private string? Text(int index)
    {
        if (index < 0)
            return null;
        var at = Number(Part(1) + (index * 4));
        var (length, shift) = (0, 0);
        byte part;
        do
        {
            part = _bytes[at++];
            length |= (part & 0x7f) << shift;
            shift += 7;
        }
        while (part >= 0x80);
        return Encoding.UTF8.GetString(_bytes.Slice(at, length));
    }
}
