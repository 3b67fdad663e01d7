using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelFailureTests : ModelTest
{
    public static TheoryData<int, string, string, FailureKind> Refusals => new()
    {
        { 401, "Incorrect API key provided: sk-scripted-secret.", "invalid_api_key", FailureKind.RefusedKey },
        { 403, "This key may not use the model.", "permission_error", FailureKind.RefusedKey },
        { 402, "Insufficient balance", "", FailureKind.NoCredit },
        { 429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", FailureKind.NoCredit },
        { 429, "Slow down.", "rate_limit_error", FailureKind.RateLimited },
        { 404, "The model `scripted-1` does not exist", "model_not_found", FailureKind.ModelNotFound },
        { 400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded", FailureKind.ContextTooLong },
        { 400, "prompt is too long: 210000 tokens > 200000 maximum", "invalid_request_error", FailureKind.ContextTooLong },
        { 413, "Request too large", "", FailureKind.ContextTooLong },
        { 400, "Unsupported value: 'temperature' does not support 0.7 with this model.", "unsupported_value", FailureKind.TemperatureRefused },
        { 400, "Your credit balance is too low to access the API.", "invalid_request_error", FailureKind.NoCredit },
        { 400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", FailureKind.RefusedKey },
        { 422, "messages: odd", "", FailureKind.BadRequest },
        { 418, "teapot", "", FailureKind.BadRequest },
        { 500, "boom", "server_error", FailureKind.ServerError },
        { 503, "loading", "", FailureKind.ServerError },
        { 529, "Overloaded", "overloaded_error", FailureKind.ServerError },
        { 504, "upstream", "", FailureKind.TimedOut },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_told_alike_by_both_providers_and_tried_once(int status, string message, string code, FailureKind kind)
    {
        await using var openAi = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(status, message, code));
        await using var anthropic = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Error(status, message, code));

        foreach (var failure in new[] { await FailureAsync(openAi.Settings()), await FailureAsync(anthropic.Settings()) })
        {
            Assert.Equal(kind, failure.Kind);
            Assert.Contains("cripted", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
            Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        }

        Assert.Single(openAi.Requests);
        Assert.Single(anthropic.Requests);
    }

    [Fact]
    public async Task Too_many_requests_say_how_long_to_wait()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(429, "Slow down.") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "21" } });

        var failure = await FailureAsync(server.Settings());

        Assert.Equal(TimeSpan.FromSeconds(21), failure.RetryAfter);
        Assert.Equal("Scripted is getting more requests than its provider allows. Try again in 21 seconds, or choose another model.", failure.Message);
    }

    [Fact]
    public async Task A_day_to_wait_until_is_read_by_the_clock()
    {
        var until = Clock.GetUtcNow().AddMinutes(10).ToString("R");
        await using var server = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Error(429, "Slow down.") with { Headers = new Dictionary<string, string> { ["Retry-After"] = until } });

        var failure = await FailureAsync(server.Settings());

        Assert.Equal(TimeSpan.FromMinutes(10), failure.RetryAfter);
        Assert.Contains("in 10 minutes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_provider_says_about_a_bad_request_is_quoted_without_the_key()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Error(400, "Field 'messages' of sk-scripted-secret\n is odd"));

        var failure = await FailureAsync(server.Settings());

        Assert.Equal("Scripted refused the request: “Field 'messages' of … is odd” Change the prompt, or choose another model.", failure.Message);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(502)]
    public async Task A_web_page_is_no_answer(int status)
    {
        await using var openAi = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.WebPage(status));
        await using var anthropic = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.WebPage(status));

        foreach (var failure in new[] { await FailureAsync(openAi.Settings()), await FailureAsync(anthropic.Settings()) })
        {
            Assert.Equal(status == 200 ? FailureKind.Nonsense : FailureKind.ServerError, failure.Kind);
            Assert.DoesNotContain("<", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_web_page_that_claims_to_be_JSON_is_no_answer()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.WebPage() with { ContentType = "application/json" });

        var failure = await FailureAsync(server.Settings());

        Assert.Equal(FailureKind.Nonsense, failure.Kind);
        Assert.Contains("web page", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_inside_a_success_is_an_error()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => new ScriptedAnswer { Body = """{"error":{"message":"Rate limited upstream","code":429}}""" });

        Assert.Equal(FailureKind.RateLimited, (await FailureAsync(server.Settings())).Kind);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => new ScriptedAnswer { Status = 302, Body = "", Headers = new Dictionary<string, string> { ["Location"] = "https://elsewhere.example/v1" } });

        var failure = await FailureAsync(server.Settings());

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains("https://elsewhere.example", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_at_the_address_is_told_with_the_address()
    {
        var server = await ScriptedOpenAi.StartAsync();
        var model = server.Settings();
        var address = new Uri(server.Address).Authority;
        await server.DisposeAsync();

        var failure = await FailureAsync(model);

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains($"Nothing answers at {address}. Start the program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_computer_is_told_as_such()
    {
        await using var server = await ScriptedOpenAi.StartAsync();

        var failure = await FailureAsync(server.Settings() with { Endpoint = "http://no-such-computer.invalid/v1" });

        Assert.Equal(FailureKind.Unreachable, failure.Kind);
        Assert.Contains("no-such-computer.invalid", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ScriptedStep> Breaks => new()
    {
        { ModelSettings.OpenAi, new ScriptedStep.Cut() },
        { ModelSettings.OpenAi, new ScriptedStep.EndEarly() },
        { ModelSettings.Anthropic, new ScriptedStep.Cut() },
        { ModelSettings.Anthropic, new ScriptedStep.EndEarly() },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task An_answer_that_breaks_off_is_a_failure_after_what_had_arrived(string provider, ScriptedStep end)
    {
        var read = new TaskCompletionSource();
        var (text, failure) = await ReadAsync(provider, read, new ScriptedStep.Say("First. "), new ScriptedStep.Say("Second."), new ScriptedStep.Wait(read.Task), end);

        Assert.Equal("First. Second.", text);
        Assert.Equal(FailureKind.BrokenStream, failure.Kind);
    }

    public static TheoryData<string, string, FailureKind> Garbage => new()
    {
        { ModelSettings.OpenAi, "data: {\"id\": 1, \"choi\n\n", FailureKind.Nonsense },
        { ModelSettings.OpenAi, "data: {\"error\":{\"message\":\"upstream died\",\"code\":502}}\n\n", FailureKind.ServerError },
        { ModelSettings.OpenAi, "data: {\"error\": \"it broke\"}\n\n", FailureKind.ServerError },
        { ModelSettings.Anthropic, "event: content_block_delta\ndata: {\"type\": \"content_blo\n\n", FailureKind.Nonsense },
        { ModelSettings.Anthropic, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n", FailureKind.ServerError },
        { ModelSettings.Anthropic, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Slow\"}}\n\n", FailureKind.RateLimited },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_or_an_error_in_the_middle_is_a_failure_after_what_had_arrived(string provider, string raw, FailureKind kind)
    {
        var read = new TaskCompletionSource();
        var (text, failure) = await ReadAsync(provider, read, new ScriptedStep.Say("First."), new ScriptedStep.Wait(read.Task), new ScriptedStep.Raw(raw), new ScriptedStep.Say("Never read."));

        Assert.Equal("First.", text);
        Assert.Equal(kind, failure.Kind);
    }

    [Fact]
    public async Task What_arrives_together_with_the_error_is_passed_on_first()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => new ScriptedAnswer
        {
            ContentType = "text/event-stream",
            Body = """
                data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Both in one piece."},"finish_reason":null}]}

                data: {"error":{"message":"died","code":500}}


                """,
        });

        var (text, failure) = await ReadAsync(server.Settings(), null);

        Assert.Equal("Both in one piece.", text);
        Assert.Equal(FailureKind.ServerError, failure.Kind);
    }

    [Fact]
    public async Task An_answer_about_errors_and_finish_reasons_is_an_answer()
    {
        const string Text = "data: {\"error\": {\"message\": \"x\"}} and \"finish_reason\":\"stop\" and [DONE]";
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say(Text, "error", "message_stop"));
        using var catalog = Catalog(server.Settings());

        var response = await catalog.Client(catalog.Default!).GetStreamingResponseAsync("?", cancellationToken: Cancel).ToChatResponseAsync(Cancel);

        Assert.Equal(Text + "errormessage_stop", response.Text);
    }

    [Fact]
    public async Task An_answer_that_talks_of_finish_reasons_and_breaks_off_is_broken()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("\"finish_reason\":\"stop\""), new ScriptedStep.EndEarly()));

        Assert.Equal(FailureKind.BrokenStream, (await FailureAsync(server.Settings())).Kind);
    }

    [Theory]
    [InlineData(ModelSettings.OpenAi)]
    [InlineData(ModelSettings.Anthropic)]
    public async Task No_first_word_in_time_ends_the_request(string provider)
    {
        await using var openAi = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        await using var anthropic = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Hang());
        ScriptedModelServer server = provider == ModelSettings.OpenAi ? openAi : anthropic;

        var failing = FailureAsync(provider == ModelSettings.OpenAi ? openAi.Settings() : anthropic.Settings());
        var request = await server.NextRequestAsync(Cancel);
        Clock.Advance(Limits.FirstToken);

        var failure = await failing;
        Assert.Equal(FailureKind.TimedOut, failure.Kind);
        Assert.Contains("did not begin to answer within 2 minutes", failure.Message, StringComparison.Ordinal);
        await request.HungUp.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_silence_in_the_middle_ends_the_request()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say("First."), new ScriptedStep.Wait(new TaskCompletionSource().Task)));
        using var catalog = Catalog(server.Settings());
        await using var updates = catalog.Client(catalog.Default!).GetStreamingResponseAsync("?", cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        while (await updates.MoveNextAsync() && updates.Current.Text != "First.")
            Clock.Advance(Limits.Silence - TimeSpan.FromSeconds(1));

        var next = updates.MoveNextAsync().AsTask();
        Clock.Advance(Limits.Silence);

        var failure = await Assert.ThrowsAsync<ModelFailure>(() => next);
        Assert.Equal(FailureKind.TimedOut, failure.Kind);
        Assert.Contains("fell silent for 60 seconds", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_answer_that_takes_too_long_ends_the_request()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());

        var asking = catalog.Client(catalog.Default!).GetResponseAsync("?", cancellationToken: Cancel);
        await server.NextRequestAsync(Cancel);
        Clock.Advance(Limits.Whole);

        var failure = await Assert.ThrowsAsync<ModelFailure>(() => asking);
        Assert.Equal(FailureKind.TimedOut, failure.Kind);
    }

    [Fact]
    public async Task A_caller_who_cancels_gets_a_cancellation_and_not_a_failure()
    {
        await using var server = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Hang());
        using var catalog = Catalog(server.Settings());
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var asking = catalog.Client(catalog.Default!).GetResponseAsync("?", cancellationToken: cancel.Token);
        var request = await server.NextRequestAsync(Cancel);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await request.HungUp.WaitAsync(Cancel);
    }

    private async Task<(string Text, ModelFailure Failure)> ReadAsync(string provider, TaskCompletionSource? firstRead, params ScriptedStep[] steps)
    {
        await using var openAi = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(steps));
        await using var anthropic = await ScriptedAnthropic.StartAsync(_ => ScriptedAnswer.Do(steps));
        return await ReadAsync(provider == ModelSettings.OpenAi ? openAi.Settings() : anthropic.Settings(), firstRead, steps.Count(step => step is ScriptedStep.Say { Text: not "Never read." }));
    }

    private async Task<(string Text, ModelFailure Failure)> ReadAsync(ModelSettings model, TaskCompletionSource? read, int texts = 1)
    {
        using var catalog = Catalog(model);
        var text = "";
        var failure = await Assert.ThrowsAsync<ModelFailure>(async () =>
        {
            await foreach (var update in catalog.Client(model).GetStreamingResponseAsync("Hello?", cancellationToken: Cancel))
            {
                text += update.Text;
                if (update.Text.Length > 0 && --texts == 0)
                    read?.TrySetResult();
            }
        });
        return (text, failure);
    }
}
