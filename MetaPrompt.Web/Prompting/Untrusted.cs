using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting;

/// <summary>Names of material that other people write, who could write instructions into it.</summary>
internal static partial class Untrusted
{
    /// <summary>Whether text under this name usually comes from strangers.</summary>
    public static bool Looks(string variableName) => Names().IsMatch(variableName);

    [GeneratedRegex("(^|_)(tickets?|e?mails?|messages?|reviews?|comments?|complaints?|chats?|conversations?|threads?|tweets?|posts?|web_?pages?|websites?|pages?|html|search_results|customer_\\w+|user_(input|text|message|content|question)|visitor_\\w+|submissions?|applications?|responses?|surveys?|requests?|inquir(y|ies)|enquir(y|ies)|feedback|articles?|transcripts?|issues?|invoices?|résumés?|resumes?|cvs?|letters?|documents?|questions|descriptions?|postings?)$|^(customer|user|visitor)_", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
