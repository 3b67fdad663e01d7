using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Visitor = MetaPrompt.Tests.Accounts.Browser;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <content>Clients that read or send a few bytes at a time.</content>
public sealed partial class SlowTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Who_reads_an_export_slowly_holds_no_connection_to_the_database()
    {
        var (visitor, token, person) = await SignedInAsync();
        var prompt = await site.Database.CreatePromptAsync(person);
        // More than sockets keep on their way.
        await site.Database.OwnerAsync(
            """
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result)
            select @prompt, @person, 'm', 1, '{}', 'x', repeat(md5(n::text), 500) from generate_series(1, 600) n
            """, ("prompt", prompt), ("person", person));
        var body = $"format=json&query=&__RequestVerificationToken={Uri.EscapeDataString(token)}";
        var request = Encoding.ASCII.GetBytes(
            $"POST /results/export HTTP/1.1\r\nHost: {site.Address.Authority}\r\nCookie: {string.Join("; ", visitor.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"))}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        // As many as there are connections, each of which reads the beginning and then no more.
        var readers = new List<Socket>();
        try
        {
            for (var reader = 0; reader < 3; reader++)
            {
                readers.Add(await ConnectAsync());
                await readers[^1].SendAsync(request, Stop);
                var head = await HeadAsync(readers[^1]);
                Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
                Assert.True(long.Parse(Length().Match(head).Groups[1].Value, CultureInfo.InvariantCulture) > 9_000_000, head);
            }

            Assert.Equal(0L, await site.Database.OwnerScalarAsync<long>(
                "select count(*) from pg_stat_activity where usename = 'metaprompt_app' and datname = current_database() and state <> 'idle' and query like '%results%'"));
            using var http = new HttpClient { BaseAddress = site.Address };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("templates?q=meanwhile", UriKind.Relative), Stop)).StatusCode);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    [Fact]
    public async Task Who_sends_a_form_slowly_is_ended()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /login HTTP/1.1\r\nHost: {site.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n"), Stop);
        var watch = Stopwatch.StartNew();
        var answer = socket.ReceiveAsync(new byte[64 * 1024], SocketFlags.None, Stop).AsTask();
        try
        {
            while (!answer.IsCompleted)
            {
                Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limit);
                await socket.SendAsync("a"u8.ToArray(), Stop);
                await Task.WhenAny(answer, Task.Delay(500, Stop));
            }

            await answer;
        }
        catch (SocketException)
        {
            // Reset: ended as well.
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, site.Address.Port, Stop);
        return socket;
    }

    private static async Task<string> HeadAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[512];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            text.Append(Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Stop)));
        return text.ToString();
    }

    private async Task<(Visitor Visitor, string Token, Guid Person)> SignedInAsync()
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = site.Address };
        var visitor = new Visitor(http);
        var email = $"{Guid.NewGuid():N}@example.test";
        using var answer = await visitor.SignUpAsync(email);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var template = await site.Database.OwnerScalarAsync<Guid>("select id from public.prompt_templates limit 1");
        return (visitor, Token().Match(await visitor.TextAsync($"/templates/{template}")).Groups[1].Value, await site.Database.OwnerScalarAsync<Guid>("select id from auth.users where email = @email", ("email", email)));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("Content-Length: ([0-9]+)")]
    private static partial Regex Length();
}
