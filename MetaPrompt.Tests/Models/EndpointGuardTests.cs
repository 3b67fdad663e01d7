using System.Net;
using System.Net.Sockets;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class EndpointGuardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.128.0.0", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("2a00:1450:4001:806::200e", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.1.2.3", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("198.51.100.7", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("239.255.255.255", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:a9fe:a9fe", false)]
    [InlineData("64:ff9b::127.0.0.1", false)]
    [InlineData("64:ff9b::8.8.8.8", false)]
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:20::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("2002:c0a8:101::1", false)]
    [InlineData("3fff::1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_public_internet_are_let_through(string address, bool admitted) =>
        Assert.Equal(admitted, Guard().Admits(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("fd12::1", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("fe80::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    public void Private_ones_can_be_allowed_and_metadata_never_with_them(string address, bool admitted) =>
        Assert.Equal(admitted, Guard(new() { AllowPrivateAddresses = true }).Admits(IPAddress.Parse(address)));

    [Theory]
    // This machine in every way it can be written.
    [InlineData("https://localhost/v1")]
    [InlineData("https://LOCALHOST./v1")]
    [InlineData("https://api.localhost/v1")]
    [InlineData("https://127.0.0.1/v1")]
    [InlineData("https://127.0.0.1./v1")]
    [InlineData("https://127.1/v1")]
    [InlineData("https://2130706433/v1")]
    [InlineData("https://0x7f000001/v1")]
    [InlineData("https://0x7f.0.0.1/v1")]
    [InlineData("https://0177.0.0.1/v1")]
    [InlineData("https://017700000001/v1")]
    [InlineData("https://0/v1")]
    [InlineData("https://[::1]/v1")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/v1")]
    [InlineData("https://[::ffff:127.0.0.1]/v1")]
    [InlineData("https://[::ffff:7f00:1]/v1")]
    [InlineData("https://[64:ff9b::7f00:1]/v1")]
    [InlineData("https://[2002:7f00:1::]/v1")]
    [InlineData("https://①②⑦.⓪.⓪.①/v1")]
    [InlineData("https://127。0。0。1/v1")]
    [InlineData("https://ⓛocalhost/v1")]
    // Private networks and the clouds' metadata.
    [InlineData("https://10.0.0.1/v1")]
    [InlineData("https://192.168.0.1:8443/v1")]
    [InlineData("https://3232235777/v1")]
    [InlineData("https://169.254.169.254/latest")]
    [InlineData("https://0xa9fea9fe/v1")]
    [InlineData("https://metadata.google.internal/v1")]
    [InlineData("https://metadata/v1")]
    [InlineData("https://printer.local/v1")]
    [InlineData("https://router.lan./v1")]
    [InlineData("https://postgres:5432/v1")]
    public async Task An_address_inside_is_refused_when_it_is_saved(string url)
    {
        var looked = await Guard().CheckAsync(url, ModelSettings.OpenAi, Cancel);

        Assert.Null(looked.Endpoint);
        Assert.Contains("private network", looked.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("not an address")]
    [InlineData("ftp://api.example.com/v1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://api.example.com/")]
    [InlineData("javascript://api.example.com/%0aalert(1)")]
    [InlineData("http://api.example.com/v1")]
    [InlineData("https://me:secret@api.example.com/v1")]
    [InlineData("https://api.example.com@127.0.0.1/v1")]
    [InlineData("https://api.example.com#@127.0.0.1/")]
    [InlineData("https://api.example.com/v1?url=http://127.0.0.1")]
    [InlineData("https://api.example.com\\@127.0.0.1/v1")]
    [InlineData("https://api.example.com/v1\r\nX-Evil: 1")]
    [InlineData("https://api.example.com:22/v1")]
    [InlineData("https://api.example.com:25/v1")]
    [InlineData("https:///v1")]
    [InlineData("https://[fe80::1%25eth0]/v1")]
    public async Task What_is_no_plain_https_address_is_refused_with_words(string url)
    {
        var looked = await Guard().CheckAsync(url, ModelSettings.OpenAi, Cancel);

        Assert.Null(looked.Endpoint);
        Assert.False(string.IsNullOrWhiteSpace(looked.Problem));
        Assert.DoesNotContain("secret", looked.Problem!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://api.example.com", ModelSettings.OpenAi, "https://api.example.com/v1")]
    [InlineData("api.example.com/v1/", ModelSettings.OpenAi, "https://api.example.com/v1")]
    [InlineData("https://api.example.com:8443/openai/v1/chat/completions", ModelSettings.OpenAi, "https://api.example.com:8443/openai/v1")]
    [InlineData("https://API.Example.com./v1", ModelSettings.Anthropic, "https://api.example.com")]
    [InlineData("https://bücher.example/v1", ModelSettings.OpenAi, "https://xn--bcher-kva.example/v1")]
    [InlineData("https://8.8.8.8/v1", ModelSettings.OpenAi, "https://8.8.8.8/v1")]
    [InlineData("https://[2606:4700:4700::1111]/v1", ModelSettings.OpenAi, "https://[2606:4700:4700::1111]/v1")]
    public async Task A_public_address_is_kept_as_its_base(string url, string provider, string kept) =>
        Assert.Equal(new CheckedEndpoint(kept, null), await Guard().CheckAsync(url, provider, Cancel));

    [Fact]
    public async Task A_name_is_refused_when_one_of_its_addresses_is_inside_or_it_has_none()
    {
        var inside = await Guard(null, "8.8.8.8", "10.0.0.7").CheckAsync("https://two.example.com", ModelSettings.OpenAi, Cancel);
        Assert.Contains("private network", inside.Problem, StringComparison.Ordinal);

        var nowhere = new EndpointGuard(new(), (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Contains("no computer called nowhere.example.com", (await nowhere.CheckAsync("https://nowhere.example.com", ModelSettings.OpenAi, Cancel)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_can_allow_http_and_hosts_by_name_or_address()
    {
        var guard = Guard(new() { AllowHttp = true, AllowedHosts = ["llm.example.lan", "10.1.2.3"] }, "10.9.9.9");

        Assert.Equal("http://llm.example.lan:8000/v1", (await guard.CheckAsync("http://LLM.example.lan:8000", ModelSettings.OpenAi, Cancel)).Endpoint);
        Assert.Equal("http://10.1.2.3/v1", (await guard.CheckAsync("http://10.1.2.3", ModelSettings.OpenAi, Cancel)).Endpoint);
        Assert.Null((await guard.CheckAsync("http://10.1.2.4", ModelSettings.OpenAi, Cancel)).Endpoint);
        Assert.Null((await guard.CheckAsync("http://evil-llm.example.lan", ModelSettings.OpenAi, Cancel)).Endpoint);
        Assert.NotNull((await Guard(new() { AllowedHosts = ["10.1.2.3"] }).CheckAsync("http://10.1.2.3", ModelSettings.OpenAi, Cancel)).Problem);
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_after_saving_is_not_connected_to()
    {
        await using var inside = await ScriptedOpenAi.StartAsync();
        var port = new Uri(inside.Address).Port;
        var answers = new Queue<string>(["8.8.8.8", "127.0.0.1"]);
        var asked = 0;
        var guard = new EndpointGuard(new() { AllowHttp = true }, (_, _) =>
        {
            asked++;
            return Task.FromResult<IPAddress[]>([IPAddress.Parse(answers.Dequeue())]);
        });
        var saved = await guard.CheckAsync($"http://rebinding.example.com:{port}", ModelSettings.OpenAi, Cancel);
        Assert.NotNull(saved.Endpoint);

        using var http = new HttpClient(guard.Handler());
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(saved.Endpoint + "/models", Cancel));

        Assert.Equal(FailureKind.EndpointRefused, Failure(refused)?.Kind);
        Assert.Equal(2, asked);
        Assert.Empty(inside.Listings);
    }

    [Fact]
    public async Task The_connection_goes_to_the_very_address_that_was_looked_at()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        var asked = 0;
        var guard = new EndpointGuard(new() { AllowHttp = true, AllowPrivateAddresses = true }, (_, _) =>
        {
            asked++;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        using var http = new HttpClient(guard.Handler());

        using var answer = await http.GetAsync($"http://no-such-name.example.com:{new Uri(server.Address).Port}/v1/models", Cancel);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task An_address_that_refuses_is_followed_by_the_next()
    {
        await using var server = await ScriptedOpenAi.StartAsync();
        var guard = Guard(new() { AllowHttp = true, AllowPrivateAddresses = true }, "127.99.99.99", "127.0.0.1");
        using var http = new HttpClient(guard.Handler());

        using var answer = await http.GetAsync($"http://two.example.com:{new Uri(server.Address).Port}/v1/models", Cancel);

        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Settings_that_became_stricter_hold_for_addresses_saved_before()
    {
        await using var inside = await ScriptedOpenAi.StartAsync();
        using var http = new HttpClient(Guard().Handler());

        var plain = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(inside.Endpoint + "/models", Cancel));
        using var encrypted = new HttpClient(Guard(new() { AllowHttp = true }).Handler());
        var loopback = await Assert.ThrowsAnyAsync<Exception>(() => encrypted.GetAsync(inside.Endpoint + "/models", Cancel));

        Assert.Contains("https://", Failure(plain)!.Message, StringComparison.Ordinal);
        Assert.Contains("private network", Failure(loopback)!.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Listings);
    }

    [Fact]
    public async Task Neither_redirects_nor_proxies_are_followed()
    {
        await using var secret = await ScriptedOpenAi.StartAsync();
        await using var outside = await ScriptedOpenAi.StartAsync(_ => new ScriptedAnswer
        {
            Status = 307, Body = "", Headers = new Dictionary<string, string> { ["Location"] = secret.Endpoint + "/chat/completions" },
        });
        using var handler = Guard(new() { AllowHttp = true, AllowedHosts = ["127.0.0.1"] }).Handler();
        using var http = new HttpClient(handler, disposeHandler: false);

        using var answer = await http.PostAsync(outside.Endpoint + "/chat/completions", new StringContent("""{"model":"a","messages":[]}"""), Cancel);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Empty(secret.Requests);
        Assert.False(handler.UseProxy);
        Assert.False(handler.AllowAutoRedirect);
    }

    [Theory]
    [InlineData("OwnKeys:AllowHttp", "perhaps")]
    [InlineData("OwnKeys:AllowedHosts:0", "https://llm.example.lan")]
    [InlineData("OwnKeys:AllowedHosts:0", "llm.example.lan:8000")]
    [InlineData("OwnKeys:AllowedHosts", "*.example.lan")]
    [InlineData("OwnKeys:AllowLocal", "true")]
    public void A_wrong_setting_stops_the_start(string name, string value) =>
        Assert.StartsWith("OwnKeys", Assert.Throws<SettingsException>(() => Rules(new() { [name] = value })).Setting, StringComparison.Ordinal);

    [Fact]
    public void Settings_are_read_and_the_defaults_are_strict()
    {
        var rules = Rules(new() { ["OwnKeys:AllowHttp"] = "true", ["OwnKeys:AllowPrivateAddresses"] = "True", ["OwnKeys:Enabled"] = "false", ["OwnKeys:AllowedHosts"] = "LLM.example.lan, [FD00::1]" });
        Assert.Equal((true, true, false), (rules.AllowHttp, rules.AllowPrivateAddresses, rules.Enabled));
        Assert.Equal(["llm.example.lan", "fd00::1"], rules.AllowedHosts);

        var none = Rules([]);
        Assert.Equal((false, false, true, 0), (none.AllowHttp, none.AllowPrivateAddresses, none.Enabled, none.AllowedHosts.Count));
    }

    private static EndpointRules Rules(Dictionary<string, string?> settings) =>
        EndpointRules.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    // Names lead to a public address unless a test says where.
    private static EndpointGuard Guard(EndpointRules? rules = null, params string[] addresses) => new(rules ?? new(), (_, _) =>
        Task.FromResult<IPAddress[]>([.. (addresses.Length > 0 ? addresses : ["8.8.8.8"]).Select(IPAddress.Parse)]));

    private static ModelFailure? Failure(Exception? problem) =>
        problem is null ? null : problem as ModelFailure ?? Failure(problem.InnerException);
}
