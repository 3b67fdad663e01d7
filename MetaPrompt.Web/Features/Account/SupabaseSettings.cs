using MetaPrompt.Data;

namespace MetaPrompt.Web.Features.Account;

/// <summary>The settings <c>Supabase</c>: with them accounts are Supabase's, without them this program's own.</summary>
/// <param name="Url">The project's address.</param>
/// <param name="PublishableKey">The publishable key, or the older anon key; never a secret one.</param>
public sealed record SupabaseSettings(Uri Url, string PublishableKey)
{
    /// <summary>Reads them; null where none is given.</summary>
    /// <exception cref="SettingsException">They are half given or wrong; it names the one to mend.</exception>
    public static SupabaseSettings? Read(IConfiguration configuration)
    {
        var url = configuration["Supabase:Url"]?.Trim();
        var key = configuration["Supabase:PublishableKey"]?.Trim();
        if (string.IsNullOrEmpty(url) && string.IsNullOrEmpty(key))
            return null;
        if (string.IsNullOrEmpty(url))
            throw new SettingsException("Supabase:Url", "is empty, but Supabase:PublishableKey is given. Give both for accounts at Supabase, or neither for local ones.");
        if (string.IsNullOrEmpty(key))
            throw new SettingsException("Supabase:PublishableKey", "is empty, but Supabase:Url is given. Give both for accounts at Supabase, or neither for local ones.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Query.Length > 0)
            throw new SettingsException("Supabase:Url", "is no address of a project. Write it as 'https://your-project.supabase.co'.");
        if (address.Scheme == "http" && !address.IsLoopback)
            throw new SettingsException("Supabase:Url", "begins with http, which would send every password readable over the network. Write https.");
        if (key.StartsWith("sb_secret_", StringComparison.Ordinal))
            throw new SettingsException("Supabase:PublishableKey", "is a secret key, which may do everything in the project. Use the publishable one (sb_publishable_…).");
        if (key.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new SettingsException("Supabase:PublishableKey", "has spaces or line breaks in it. Copy it again.");

        return new SupabaseSettings(address, key);
    }
}
