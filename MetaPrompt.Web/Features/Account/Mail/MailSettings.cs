using MailKit.Security;
using MetaPrompt.Data;
using MimeKit;

namespace MetaPrompt.Web.Features.Account.Mail;

/// <summary>The settings <c>Mail</c>: where mails are handed over, and the address links in them lead to.</summary>
public sealed record MailSettings
{
    private static readonly string[] Keys = ["Host", "Port", "User", "Password", "From", "Security", "PublicUrl"];

    /// <summary>The SMTP server.</summary>
    public required string Host { get; init; }

    /// <summary>587 where not set.</summary>
    public required int Port { get; init; }

    /// <summary>Null where the server takes mails without a login.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>The sender, with or without a name.</summary>
    public required MailboxAddress From { get; init; }

    public required SecureSocketOptions Security { get; init; }

    /// <summary>
    /// This site's own address. Not taken from the request: its Host header is whatever its sender likes, and a mailed link
    /// that leads to somebody else's server hands them the account.
    /// </summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>Reads them; null where none is given.</summary>
    /// <exception cref="SettingsException">They are half given or wrong; it names the one to mend.</exception>
    public static MailSettings? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Mail");
        if (Keys.All(key => string.IsNullOrWhiteSpace(section[key])))
            return null;

        var host = Required(section, "Host", "the SMTP server's name");
        var port = ReadPort(section);
        var user = Optional(section, "User");
        var password = Optional(section, "Password");
        if (user is null && password is not null)
            throw new SettingsException("Mail:User", "is empty, but Mail:Password is given. Give both, or neither where the server needs no login.");
        if (user is not null && password is null)
            throw new SettingsException("Mail:Password", "is empty, but Mail:User is given. Give both, or neither where the server needs no login.");

        var security = ReadSecurity(section, port);
        if (security == SecureSocketOptions.None && user is not null && !IsThisMachine(host))
            throw new SettingsException("Mail:Security", "is 'none', which would send Mail:Password readable over the network. Use 'starttls' or 'tls'.");

        if (!MailboxAddress.TryParse(Required(section, "From", "the sender's address"), out var from) || !from.Address.Contains('@', StringComparison.Ordinal))
            throw new SettingsException("Mail:From", "is no mail address. Write it as 'name@example.com' or 'MetaPrompt <name@example.com>'.");

        var publicUrl = Required(section, "PublicUrl", "this site's own address, such as 'https://prompts.example.com', which links in mails lead to");
        if (!Uri.TryCreate(publicUrl.TrimEnd('/') + "/", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new SettingsException("Mail:PublicUrl", "is no address of a site. Write it as 'https://prompts.example.com'.");

        return new MailSettings
        {
            Host = host,
            Port = port,
            User = user,
            Password = password,
            From = from,
            Security = security,
            PublicUrl = url,
        };
    }

    private static int ReadPort(IConfigurationSection section) =>
        Optional(section, "Port") is not { } text ? 587
        : int.TryParse(text, out var port) && port is > 0 and <= 65535 ? port
        : throw new SettingsException("Mail:Port", "is no port. Write a number from 1 to 65535; 587 is usual.");

    private static SecureSocketOptions ReadSecurity(IConfigurationSection section, int port) =>
        Optional(section, "Security")?.ToUpperInvariant() switch
        {
            // Never "where the server offers it": whoever sits between could take the offer out.
            null => port == 465 ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls,
            "STARTTLS" => SecureSocketOptions.StartTls,
            "TLS" => SecureSocketOptions.SslOnConnect,
            "NONE" => SecureSocketOptions.None,
            _ => throw new SettingsException("Mail:Security", "is unknown. Write 'starttls', 'tls' or 'none'."),
        };

    private static bool IsThisMachine(string host) =>
        host is "localhost" || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));

    private static string? Optional(IConfigurationSection section, string key) =>
        string.IsNullOrWhiteSpace(section[key]) ? null : section[key]!.Trim();

    private static string Required(IConfigurationSection section, string key, string what) =>
        Optional(section, key)
        ?? throw new SettingsException($"Mail:{key}", $"is empty, but other Mail settings are given. Give {what}, or leave all of Mail empty: links then go to the server's log.");
}
