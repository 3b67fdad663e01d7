namespace MetaPrompt.Tests.Infrastructure;

/// <summary>993 community prompts, beside a checkout and never inside it: tests that want them pass where they are missing.</summary>
internal static class RealPrompts
{
    /// <summary>The CSV's path; null where it is not at hand.</summary>
    public static string? File()
    {
        var checkout = new DirectoryInfo(AppContext.BaseDirectory);
        while (checkout is not null && !System.IO.File.Exists(Path.Combine(checkout.FullName, "MetaPrompt.sln")))
            checkout = checkout.Parent;
        // Beside the checkout, or a folder higher where several work trees stand together.
        return new[] { checkout?.Parent, checkout?.Parent?.Parent }
            .Select(folder => folder is null ? "" : Path.Combine(folder.FullName, "shared", "data", "prompts-chat.csv"))
            .FirstOrDefault(System.IO.File.Exists);
    }
}
