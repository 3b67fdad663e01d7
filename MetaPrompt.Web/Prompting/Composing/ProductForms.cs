namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms that present a product or a change to it.</summary>
internal static class ProductForms
{
    private static readonly WritingForm ReleaseNotes = GeneralForm.Any with
    {
        Names = "release notes?|changelogs?|what'?s new|patch notes|version notes",
        Structure = "Group the entries under New, Improved and Fixed, in that order; leave out an empty group. One sentence per entry, starting with what the reader can do now or what no longer goes wrong.",
        Quality = "Merge changes that belong together. Breaking changes come first, each with what to do about it; a fix names the symptom people saw, not the cause.",
        Lengths = ["At most eight entries", "At most five entries", "Every visible change", "Different each time"],
        Aims =
        [
            new("Try what is new", "They have worked when a reader tries something today: say for each new entry where to find it."),
            new("Upgrade safely", "They have worked when nobody is surprised by an upgrade: begin with what breaks, who is affected and what to change."),
            new("See that problems get fixed", "They have worked when someone who reported a problem recognises it: describe the symptom as the reader saw it."),
        ],
        Readers =
        [
            new("Customers who do not program", "Readers are customers who do not program: name what they can do now or what no longer goes wrong, never how it was built."),
            new("Developers who upgrade", "Readers are developers who upgrade: name the affected interfaces, the breaking changes and the line to change."),
            new("Our support team", "Readers answer customers' questions: add to each entry what customers will ask and the short answer."),
            new("Different each time", "Write for {{audience}}: take from that which changes matter and how technical the words may be."),
        ],
        AssumedReader = "customers who do not program: name what changes for them, not how it was built",
        Facts = ("changes", "Changes", "Pull requests, tickets or commit messages since the last release."),
        UseFacts = "Every entry goes back to one of the changes; nothing is announced that is not among them.",
        Missing = "If a change's effect on the reader is unclear, list it under “Unclear” at the end instead of guessing.",
        Limits =
        [
            new("Internal work", "Leave out refactoring, tests and dependency updates; where one makes something faster or safer for the reader, say that instead."),
            new("Ticket numbers and names", "Leave out ticket numbers and people's names; the change speaks for itself."),
            new("Unfinished features", "Leave out features behind a switch; they are news when they are on."),
        ],
    };

    private static readonly WritingForm Description = GeneralForm.Any with
    {
        Names = "(?:product|item|app|listing|course|event|property|meta|service|package|video) descriptions?|listings?|product (?:page|copy|text)s?",
        Structure = "First the situation in which someone wants it, then what it does there, then the facts that decide (size, material, compatibility, price if given) as a short list.",
        Quality = "Turn each feature into what it spares or allows the buyer. Adjectives only where a fact stands behind them: “18 hours” instead of “long-lasting”.",
        Lengths = ["About 120 words", "Two sentences", "About 250 words", "Different each time"],
        Aims =
        [
            new("Buy it now", "It has worked when the reader can picture it in use and has no question left: answer the most likely doubt before the facts."),
            new("Find it by searching", "It has worked when the words people search with stand in the first sentence, each once, in natural order."),
            new("Choose the right variant", "It has worked when nobody returns it: say plainly whom it does not suit and what to take then."),
        ],
        Readers =
        [
            new("People comparing offers", "Readers compare offers: name the one difference that matters and the number behind it."),
            new("People buying a gift", "Readers buy for someone else: say whom it suits, what comes in the box and how to exchange it."),
            new("Specialists", "Readers know such products: norms, tolerances and compatibility first, no benefits talk."),
            new("Different each time", "Write for {{audience}}: take from that which benefit comes first."),
        ],
        AssumedReader = "people who compare offers on a phone: the deciding difference comes first",
        Facts = ("product_facts", "Product facts", "What it is, what it does, measures, material, price, who it is for."),
        UseFacts = "Use only the product facts; a property that is not among them is not claimed.",
        Missing = "If a fact that buyers ask for is missing, list it after the text under “Check” instead of writing around it.",
        Limits =
        [
            new("Superlatives", "Leave out “best”, “unique” and “revolutionary”; give the fact that made someone say so."),
            new("Claims we cannot prove", "Leave out claims about health, savings or the environment that the facts do not prove; describe what can be seen instead."),
            new("The price", "Leave out the price; it changes more often than the text."),
        ],
    };

    private static readonly WritingForm Pitch = Description with
    {
        Names = "ads?|adverts?|advertis\\w+|landing pages?|sales (?:pages?|copy|pitch(?:es)?|letters?)|copy|pitch(?:es)?|marketing \\w+|campaigns?|cold e-?mails?|promo\\w*|home ?pages?|press releases?|announcements?|website texts?",
        Structure = "One promise in the first line, then the situation it changes, then the proof, then one call to action. The promise is what the reader gets, not what the sender is.",
        Quality = "Each sentence earns the next. Put a number, a name or a quotation behind every claim, and cut words that a competitor could use unchanged.",
        Lengths = ["About 150 words", "Under 40 words", "About 500 words", "Different each time"],
        Facts = ("offer_facts", "Facts about the offer", "What it is, for whom, proof, price, what the reader should do."),
        UseFacts = "Use only facts, numbers and quotations that are given; proof is never made up.",
        Missing = "If there is no proof for the promise, choose a smaller promise that the facts support and say that you did.",
        Aims =
        [
            new("Click or call", "It has worked when the reader does one thing at once: name that one action, in the words of the button."),
            new("Remember the name", "It has worked when the name comes to mind in the situation: tie the name to that moment and say it twice."),
            new("Write about it", "It has worked when an editor can use it unchanged: who, what, when and why it matters in the first paragraph, a quotation in the second."),
        ],
    };

    public static IReadOnlyList<WritingForm> All { get; } = [ReleaseNotes, Description, Pitch];
}
