using System.Net;
using System.Net.Sockets;
using System.Text;
using MetaPrompt.Web.Shell.Guarding;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>How large a request may be: what says so beforehand is told kindly, what does not is cut off, and none is our failure.</summary>
public sealed class BodyLimitTests(LimitedSite site) : IClassFixture<LimitedSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/login", BodyLimits.Form + 1, 413)]
    [InlineData("/login", 60_000, 400)]
    [InlineData("/prompts/export/file", BodyLimits.Form + 1, 302)]
    [InlineData("/prompts/export/file", 512 * 1024 + 1, 413)]
    [InlineData("/account", 4 * 1024 * 1024 + 1, 413)]
    [InlineData("/no-such-form", BodyLimits.Form + 1, 413)]
    public async Task A_body_has_the_limit_of_its_endpoint(string address, int bytes, int status)
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Body(bytes) };
        // Asks before it sends: who sends on after a refusal may find the connection closed before it has read why.
        request.Headers.ExpectContinue = true;
        using var answer = await client.SendAsync(request, Stop);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 413)
            Assert.Contains("too large to send", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_hides_its_length_is_cut_off()
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login") { Content = Body((int)BodyLimits.Form * 4) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await client.SendAsync(request, Stop);

        // The check for the form's token meets the limit, and takes it for a broken form. Browsers always say the length.
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(site.TakeErrors());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: {0}\r\n\r\n", 40_000, 431)]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: a\r\n\r\n", 10_000, 414)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 0, 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 0, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 0, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", 0, 400)]
    [InlineData("POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 0, 400)]
    [InlineData("POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 0, 400)]
    [InlineData("POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 0, 400)]
    [InlineData("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 0, 400)]
    [InlineData("GET / HTTP/9.9\r\nHost: a\r\n\r\n", 0, 505)]
    [InlineData("\u0016\u0003\u0001 nonsense\r\n\r\n", 0, 400)]
    public async Task What_is_no_clean_HTTP_is_refused_before_the_program_sees_it(string head, int filling, int status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(site.Address.Host, site.Address.Port, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Replace("{0}", new string('a', filling), StringComparison.Ordinal)), Stop);
        using var reader = new StreamReader(stream, Encoding.Latin1);

        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRACE", "/")]
    [InlineData("PUT", "/login")]
    [InlineData("DELETE", "/prompts")]
    [InlineData("PROPFIND", "/")]
    [InlineData("CONNECT", "/templates")]
    [InlineData("EVIL", "/")]
    [InlineData("POST", "/templates/suggest")]
    [InlineData("GET", "/logout")]
    public async Task Other_methods_than_an_address_has_are_refused(string method, string address)
    {
        using var client = site.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        // HttpClient gives CONNECT a meaning of its own.
        if (method == "CONNECT")
            request.Method = new HttpMethod("CONNECTED");
        using var answer = await client.SendAsync(request, Stop);

        Assert.InRange((int)answer.StatusCode, 400, 405);
    }

    private static ByteArrayContent Body(int bytes)
    {
        var body = new ByteArrayContent(Encoding.ASCII.GetBytes("a=" + new string('b', bytes - 2)));
        body.Headers.ContentType = new("application/x-www-form-urlencoded");
        return body;
    }
}
