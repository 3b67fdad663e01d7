namespace MetaPrompt.Web.Shared;

/// <summary>A chat that a prompt can be taken to.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Home">An empty conversation.</param>
/// <param name="Ask">The address that a prompt can be put after; null where it takes none.</param>
public sealed record ChatLink(string Name, string Home, string? Ask);

/// <summary>Opening a prompt elsewhere by nothing but a link.</summary>
public static class ChatLinks
{
    /// <summary>The most characters a prompt may have in an address, encoded: servers refuse longer request lines.</summary>
    public const int MaxEncodedLength = 6000;

    /// <summary>The chats, the usual ones first. site.js reads them from the page.</summary>
    public static IReadOnlyList<ChatLink> All { get; } =
    [
        new("ChatGPT", "https://chatgpt.com/", "https://chatgpt.com/?q="),
        new("Claude", "https://claude.ai/new", "https://claude.ai/new?q="),
        new("Gemini", "https://gemini.google.com/app", null),
        new("Perplexity", "https://www.perplexity.ai/", "https://www.perplexity.ai/search?q="),
        new("Le Chat", "https://chat.mistral.ai/chat", "https://chat.mistral.ai/chat?q="),
        new("Grok", "https://grok.com/", "https://grok.com/?q="),
        new("Copilot", "https://copilot.microsoft.com/", "https://copilot.microsoft.com/?q="),
    ];

    /// <summary>Whether the prompt fits into an address.</summary>
    public static bool Fits(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.Length <= MaxEncodedLength && Uri.EscapeDataString(prompt).Length <= MaxEncodedLength;
    }

    /// <summary>The address that opens the chat with the prompt, or empty where the chat or the address cannot take it.</summary>
    public static string Of(ChatLink chat, string prompt)
    {
        ArgumentNullException.ThrowIfNull(chat);
        return chat.Ask is not null && Fits(prompt) ? chat.Ask + Uri.EscapeDataString(prompt) : chat.Home;
    }
}
