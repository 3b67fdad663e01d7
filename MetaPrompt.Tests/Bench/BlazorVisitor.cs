using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// A browser's cookies and connections: reads pages, sends forms, opens circuits. On Linux each visitor comes from an address of
/// their own (127.x.y.z), so that what the program allows one address meets them as it meets people.
/// </summary>
internal sealed partial class BlazorVisitor : IDisposable
{
    private readonly HttpClient _http;
    private readonly IPEndPoint? _own;

    /// <param name="address">The program's.</param>
    /// <param name="number">Which visitor this is: from 0 to some millions.</param>
    public BlazorVisitor(Uri address, int number)
    {
        Address = address;
        number += 2 + (1 << 16);
        _own = OperatingSystem.IsLinux() ? new IPEndPoint(new IPAddress([127, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 0) : null;
        // Whoever reads a page keeps no connection open beside the circuit's for long.
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2), UseProxy = false };
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The program's address.</summary>
    public Uri Address { get; }

    /// <summary>Reads a page; where it came from after redirects, and its HTML.</summary>
    /// <exception cref="HttpRequestException">It was not there.</exception>
    public async Task<(Uri At, string Html)> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Sends a form of a page that it was read with: its hidden fields, and these; where that led to.</summary>
    /// <param name="html">The page.</param>
    /// <param name="path">Where the form goes.</param>
    /// <param name="fields">What is filled in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public async Task<(Uri At, string Html)> PostAsync(string html, string path, IEnumerable<(string Name, string Value)> fields, CancellationToken cancellationToken)
    {
        var hidden = Hidden().Matches(html).Select(match => (Name: match.Groups[1].Value, Value: WebUtility.HtmlDecode(match.Groups[2].Value))).DistinctBy(field => field.Name);
        using var content = new FormUrlEncodedContent(hidden.Concat(fields).Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await _http.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Signs in through the page for it.</summary>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public async Task SignInAsync(string email, string password, CancellationToken cancellationToken)
    {
        var (_, html) = await GetAsync("login?returnUrl=/following", cancellationToken);
        var (at, _) = await PostAsync(html, "login?returnUrl=/following", [("Form.Email", email), ("Form.Password", password)], cancellationToken);
        if (at.AbsolutePath != "/following")
            throw new HttpRequestException($"{email} was not signed in, but sent to {at}.");
    }

    /// <summary>Creates an account through the page for it, and is signed in.</summary>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public async Task SignUpAsync(string name, string email, string password, CancellationToken cancellationToken)
    {
        var (_, html) = await GetAsync("signup?returnUrl=/following", cancellationToken);
        var (at, _) = await PostAsync(html, "signup?returnUrl=/following", [("Form.FullName", name), ("Form.Email", email), ("Form.Password", password)], cancellationToken);
        if (at.AbsolutePath != "/following")
            throw new HttpRequestException($"{email} has no account, but was sent to {at}.");
    }

    /// <summary>Negotiates and opens a circuit's connection.</summary>
    public async Task<BlazorCircuitWire> ConnectAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync(new Uri("_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var given = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        var token = given.RootElement.GetProperty("connectionToken").GetString()!;
        var socket = new UriBuilder(new Uri(Address, "_blazor?id=" + Uri.EscapeDataString(token))) { Scheme = Address.Scheme == "https" ? "wss" : "ws" };
        return await BlazorCircuitWire.ConnectAsync(socket.Uri, _http, cancellationToken);
    }

    /// <summary>Tells the program that a page was closed, as a browser does in passing: nobody hears whether it arrived.</summary>
    public async Task TellClosedAsync(string circuit)
    {
        try
        {
            using var form = new MultipartFormDataContent { { new StringContent(circuit), "circuitId" } };
            using var answer = await _http.PostAsync(new Uri("_blazor/disconnect", UriKind.Relative), form, CancellationToken.None);
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // The program is gone, and its circuits with it.
            return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_own is not null)
                socket.Bind(_own);
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)"[^>]*>""")]
    private static partial Regex Hidden();
}
