using System.Globalization;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Importing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>
/// Writes a tree as YAML that people can read: long texts as blocks, short ones bare, and in quotes whatever a YAML reader could
/// take for something else.
/// </summary>
internal static partial class YamlText
{
    public static string Write(DataNode node)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Write(Emitter emitter, DataNode node)
    {
        if (node.IsMap)
        {
            emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, MappingStyle.Block));
            foreach (var (key, value) in node.Entries)
            {
                emitter.Emit(Scalar(key, isPlain: false));
                Write(emitter, value);
            }

            emitter.Emit(new MappingEnd());
        }
        else if (node.IsList)
        {
            emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, SequenceStyle.Block));
            foreach (var item in node.Items)
                Write(emitter, item);
            emitter.Emit(new SequenceEnd());
        }
        else
        {
            emitter.Emit(Scalar(node.Text ?? "null", node.IsPlain || node.Text is null));
        }
    }

    private static Scalar Scalar(string text, bool isPlain)
    {
        var style = isPlain || Bare().IsMatch(text) && !Word().IsMatch(text) ? ScalarStyle.Plain
            : IsBlock(text) ? ScalarStyle.Literal
            : ScalarStyle.DoubleQuoted;
        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, style == ScalarStyle.Plain, style != ScalarStyle.Plain);
    }

    // A block cannot begin with a blank or end with empty lines, and shows no character that a reader would break lines at or drop.
    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && text[0] is not (' ' or '\t' or '\n') && !text.EndsWith("\n\n", StringComparison.Ordinal) && !Unfit().IsMatch(text);

    [GeneratedRegex(@"^[\p{L}_](?:[\p{L}\p{N}_.,()/+'-]|[ ](?=[\p{L}\p{N}(]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();

    [GeneratedRegex(@"^(?:true|false|yes|no|on|off|y|n|null|nan|inf|\.+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    // Blanks at a line's end and lines of blanks only are where YAML readers differ.
    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]|^\t|[ \t]$|^ *\t", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Unfit();
}
