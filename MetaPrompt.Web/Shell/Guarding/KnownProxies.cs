using System.Net;
using MetaPrompt.Data;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// The setting <c>Proxy:Known</c>: the addresses or networks of the reverse proxies in front of this node. What they say of a
/// request's client and scheme is believed, what anybody else says of them is not. Never the host: links that leave the site
/// come from <c>Site:PublicUrl</c> and <c>Mail:PublicUrl</c>.
/// </summary>
internal static class KnownProxies
{
    private const string Setting = "Proxy:Known";

    /// <summary>Believes the known proxies; the first thing a request meets.</summary>
    /// <exception cref="SettingsException">One is no address or network.</exception>
    public static void UseKnownProxies(this WebApplication app)
    {
        var known = Read(app.Configuration);
        if (known.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // Back through as many proxies as are known: it ends at the first address that is not one of them.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in known)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    /// <summary>Reads them: a list, or one text with commas.</summary>
    internal static IReadOnlyList<IPNetwork> Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        var given = section.GetChildren().Select(one => one.Value ?? "")
            .Concat((section.Value ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Select(one => one.Trim()).Where(one => one.Length > 0);
        return [.. given.Select(Parse)];
    }

    private static IPNetwork Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new SettingsException(Setting, $"\"{text}\" is neither an address nor a network. Write 10.0.0.5, or 10.0.0.0/8, or fd00::/8.");
}
