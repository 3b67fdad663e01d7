using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Web.Shell.Guarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>Whose word about a request's client is believed.</summary>
public sealed class KnownProxiesTests
{
    [Theory]
    [InlineData("", "10.0.0.5", "198.51.100.7", "10.0.0.5 http")]
    [InlineData("10.0.0.5", "10.0.0.5", "198.51.100.7", "198.51.100.7 https")]
    [InlineData("10.0.0.0/8, fd00::/8", "10.9.9.9", "198.51.100.7", "198.51.100.7 https")]
    [InlineData("10.0.0.0/8, fd00::/8", "fd00::1", "2001:db8::9", "2001:db8::9 https")]
    // Somebody who is no proxy invents an address.
    [InlineData("10.0.0.5", "203.0.113.9", "198.51.100.7", "203.0.113.9 http")]
    // Somebody behind the proxy invents one: the proxy has written the true one behind it.
    [InlineData("10.0.0.5", "10.0.0.5", "127.0.0.1, 203.0.113.9", "203.0.113.9 https")]
    // Two proxies, one behind the other.
    [InlineData("10.0.0.0/8", "10.0.0.5", "6.6.6.6, 203.0.113.9, 10.0.0.4", "203.0.113.9 https")]
    [InlineData("10.0.0.5", "10.0.0.5", "nonsense", "10.0.0.5 http")]
    public async Task A_known_proxy_is_believed_and_nobody_else(string known, string connection, string forwardedFor, string seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Configuration["Proxy:Known"] = known;
        await using var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
            return next(context);
        });
        app.UseKnownProxies();
        app.Run(context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress} {context.Request.Scheme}"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", string.Join(", ", forwardedFor.Split(',').Select(_ => "https")));
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "evil.example");

        Assert.Equal(seen, await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void They_can_be_a_list_or_one_text()
    {
        var list = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Proxy:Known:0"] = "10.0.0.5", ["Proxy:Known:1"] = "fd00::/8" }).Build();
        Assert.Equal(["10.0.0.5/32", "fd00::/8"], KnownProxies.Read(list).Select(one => one.ToString()));
        var wrong = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Proxy:Known"] = "proxy.example" }).Build();
        Assert.Equal("Proxy:Known", Assert.Throws<SettingsException>(() => KnownProxies.Read(wrong)).Setting);
    }
}
