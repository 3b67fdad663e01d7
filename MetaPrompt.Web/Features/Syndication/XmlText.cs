using System.Text;
using System.Xml;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>People's text as XML may hold it.</summary>
internal static class XmlText
{
    /// <summary>Without control characters, lone halves of characters and the two numbers that are none; one bad title must not break a feed.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
                clean.Append(text[i]).Append(text[++i]);
            else if (XmlConvert.IsXmlChar(text[i]) && !(char.IsControl(text[i]) && text[i] is not ('\n' or '\t')))
                clean.Append(text[i]);
        }

        return clean.ToString();
    }
}
