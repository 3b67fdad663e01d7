using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Models;

/// <summary>What an administrator allows of the addresses that people enter: the settings <c>OwnKeys</c>.</summary>
public sealed record EndpointRules
{
    /// <summary>Whether people may add keys at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether http:// may be used besides https://.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Whether addresses of this machine and of private networks may be used; link-local ones never by this.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Hosts that may be used whatever their address and port: "llm.example.lan", "10.1.2.3", "[fd00::1]".</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Reads <c>OwnKeys</c>.</summary>
    /// <exception cref="SettingsException">Names the first setting that is wrong.</exception>
    public static EndpointRules Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection("OwnKeys");
        string[] known = [nameof(Enabled), nameof(AllowHttp), nameof(AllowPrivateAddresses), nameof(AllowedHosts), "Secret"];
        if (section.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new SettingsException(unknown.Path, $"is not a setting. There are {string.Join(", ", known)}.");

        return new()
        {
            Enabled = Flag(section, nameof(Enabled), true),
            AllowHttp = Flag(section, nameof(AllowHttp), false),
            AllowPrivateAddresses = Flag(section, nameof(AllowPrivateAddresses), false),
            AllowedHosts = Hosts(section.GetSection(nameof(AllowedHosts))),
        };
    }

    private static bool Flag(IConfigurationSection section, string name, bool otherwise) =>
        section[name]?.Trim() is not { Length: > 0 } text ? otherwise
        : bool.TryParse(text, out var flag) ? flag
        : throw new SettingsException($"{section.Path}:{name}", $"'{text}' is neither true nor false.");

    // A list in the file, or one text with commas in the environment.
    private static string[] Hosts(IConfigurationSection section)
    {
        var hosts = section.GetChildren().Select(child => child.Value)
            .Concat((section.Value ?? "").Split(','))
            .Select(host => host?.Trim() ?? "")
            .Where(host => host.Length > 0)
            .ToArray();
        return hosts.FirstOrDefault(host => host.Contains("//", StringComparison.Ordinal) || host.Contains('*', StringComparison.Ordinal)
                || !Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.AbsolutePath != "/" || !uri.IsDefaultPort) is { } wrong
            ? throw new SettingsException(section.Path, $"'{wrong}' is no host. Write names or addresses alone, llm.example.lan for instance, without https:// and port.")
            : [.. hosts.Select(host => EndpointGuard.Canonical(new Uri($"https://{host}/")))];
    }
}

/// <summary>What came of looking at an address that a person entered.</summary>
/// <param name="Endpoint">As it is kept; null where it cannot be used.</param>
/// <param name="Problem">Why it cannot be used and what to do, as sentences; null where it can.</param>
public readonly record struct CheckedEndpoint(string? Endpoint, string? Problem);

/// <summary>
/// Keeps the addresses that people enter from leading into the network this program runs in. An address is looked at when it is
/// saved, and again with every connection: the name is resolved here, every address it has is looked at, and the connection goes
/// to one of those very addresses, so that a name which changes its mind in between gains nothing.
/// </summary>
/// <param name="rules">What an administrator allows.</param>
/// <param name="resolve">From a name to its addresses; null for this machine's own way.</param>
public sealed class EndpointGuard(EndpointRules rules, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private const int LongestEndpoint = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan NextAddress = TimeSpan.FromSeconds(3);

    // Names that mean this machine or network wherever they are asked, and the clouds' own.
    private static readonly string[] LocalSuffixes = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion"];

    // What is not public though it looks so: Azure's own service for its machines.
    private static readonly IPAddress AzureWire = IPAddress.Parse("168.63.129.16");

    private static readonly IPNetwork[] Never4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/3"),
    ];

    private static readonly IPNetwork[] Private4 =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
    ];

    private static readonly IPNetwork[] Private6 = [IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7")];

    // Of what is routed at all (2000::/3): tunnels that carry an IPv4 address inside, and blocks for documents and experiments.
    private static readonly IPNetwork Routed6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Never6 =
    [
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20"),
    ];

    // The clouds' metadata services; the first is in a private block and must not be reached with one.
    private static readonly IPAddress[] Metadata = [IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("fd20:ce::254"), IPAddress.Parse("100.100.100.200"), AzureWire];

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>What an administrator allows.</summary>
    public EndpointRules Rules => rules;

    /// <summary>
    /// Looks at an address that a person entered, its name's present addresses too. The name may be given without https://,
    /// and with the path of a call behind it.
    /// </summary>
    /// <param name="text">What was entered.</param>
    /// <param name="provider"><see cref="ModelSettings.OpenAi"/> or <see cref="ModelSettings.Anthropic"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<CheckedEndpoint> CheckAsync(string text, string provider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (endpoint, problem) = Read(text, provider);
        if (endpoint is null)
            return new(null, problem);

        problem = HostProblem(endpoint);
        if (problem is null && !IsAllowed(endpoint) && !IPAddress.TryParse(endpoint.IdnHost, out _))
            problem = await NameProblemAsync(endpoint.IdnHost, cancellationToken).ConfigureAwait(false);
        return problem is null ? new(endpoint.AbsoluteUri.TrimEnd('/'), null) : new(null, problem);
    }

    /// <summary>A way to the wire for people's own endpoints: no proxy, no redirects, and every connection looked at.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        ConnectTimeout = Patience,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.All,
        AllowAutoRedirect = false,
        UseCookies = false,
        // A proxy would resolve the name for itself and connect where it likes.
        UseProxy = false,
        ConnectCallback = ConnectAsync,
    };

    /// <summary>Whether an address is somewhere on the public internet, or of a kind that an administrator allows.</summary>
    public bool Admits(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (Metadata.Contains(address))
            return false;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Never4.Any(block => block.Contains(address)) && (rules.AllowPrivateAddresses || !Private4.Any(block => block.Contains(address)));
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;

        // A zone (fe80::1%eth0) is no part of the address.
        address = new IPAddress(address.GetAddressBytes());
        return Routed6.Contains(address)
            ? !Never6.Any(block => block.Contains(address))
            : rules.AllowPrivateAddresses && Private6.Any(block => block.Contains(address));
    }

    /// <summary>A host as it is compared: lower case, punycode, no dot at the end.</summary>
    internal static string Canonical(Uri uri) => uri.IdnHost.Trim('[', ']').TrimEnd('.').ToLowerInvariant();

    // Also looked at with every connection: settings may have become stricter since it was saved.
    internal string? HostProblem(Uri endpoint)
    {
        if (endpoint.Scheme != Uri.UriSchemeHttps && !rules.AllowHttp)
            return "An endpoint has to begin with https://, so that nobody on the way reads the key. Whoever runs this MetaPrompt can allow http:// with the setting OwnKeys:AllowHttp.";
        if (IsAllowed(endpoint))
            return null;
        if (endpoint.Port is not (443 or 80) and < 1024)
            return string.Create(CultureInfo.InvariantCulture, $"No model is served on port {endpoint.Port}. Ports 80, 443 and those from 1024 on can be used.");

        var host = Canonical(endpoint);
        if (IPAddress.TryParse(host, out var address))
            return Admits(address) ? null : Private(host);
        if (rules.AllowPrivateAddresses)
            return null;
        return LocalSuffixes.Any(suffix => host == suffix || host.EndsWith("." + suffix, StringComparison.Ordinal)) || !host.Contains('.', StringComparison.Ordinal)
            ? Private(host)
            : null;
    }

    private bool IsAllowed(Uri endpoint) => rules.AllowedHosts.Contains(Canonical(endpoint), StringComparer.Ordinal);

    private static (Uri? Endpoint, string? Problem) Read(string text, string provider)
    {
        text = text.Trim();
        if (text.Length is 0 or > LongestEndpoint)
            return (null, text.Length == 0 ? "Enter the address of the API, https://api.example.org/v1 for instance." : "The address is too long. Enter the base address alone, up to /v1.");
        if (text.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign) || sign == '\\'))
            return (null, "The address has a space or a sign in it that no address has. Copy it again.");
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "https://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var given)
            || (given.Scheme != Uri.UriSchemeHttp && given.Scheme != Uri.UriSchemeHttps)
            || given.Host.Length == 0 || given.HostNameType == UriHostNameType.Unknown)
        {
            return (null, "That is no web address. Enter one like https://api.example.org/v1.");
        }

        if (given.UserInfo.Length > 0)
            return (null, "The address carries a user name or password. Leave it out: the key goes into its own field.");
        if (given.Query.Length > 0 || given.Fragment.Length > 0)
            return (null, "The address has a question mark or a number sign in it. Enter the base address alone, up to /v1.");

        return (new UriBuilder(given) { Host = given.IdnHost.TrimEnd('.'), Path = ModelSettingsReader.BasePath(given.AbsolutePath, provider == ModelSettings.OpenAi) }.Uri, null);
    }

    private async Task<string?> NameProblemAsync(string host, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var addresses = await _resolve(host, patience.Token).ConfigureAwait(false);
            return addresses.Length == 0 ? Nowhere(host) : addresses.All(Admits) ? null : Private(host);
        }
        catch (Exception problem) when (problem is SocketException or ArgumentException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Nowhere(host);
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var endpoint = context.InitialRequestMessage.RequestUri!;
        if (HostProblem(endpoint) is { } problem)
            throw new ModelFailure(FailureKind.EndpointRefused, problem);

        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken).ConfigureAwait(false);

        // One address inside is one too many: which of several is used would be the name server's choice.
        if (!IsAllowed(endpoint) && !addresses.All(Admits))
            throw new ModelFailure(FailureKind.EndpointRefused, Private(host));

        for (var index = 0; index < addresses.Length; index++)
        {
            // One that does not answer leaves the next ones some time.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var isLast = index == addresses.Length - 1;
            if (!isLast)
                patience.CancelAfter(NextAddress);
            try
            {
                return await ConnectAsync(addresses[index], port, patience.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (!isLast && failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                continue;
            }
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Nowhere(string host) => $"There is no computer called {host}. Check the address for a typing mistake.";

    private static string Private(string host) =>
        $"{host} is inside a private network or on this server's own machine, where people's keys are not sent. Whoever runs this MetaPrompt can allow it with the setting OwnKeys:AllowedHosts.";
}
